//! The mail path against a real SMTP conversation: every mail arrives once, whatever the mail server does.

pub mod code;
mod links;
mod news;
mod picture;
mod program;
pub mod read;
pub mod smtp;
mod wire;

use server::{
    domain::mail::{Concerns, Kind, Language, Mail, NewMail, State},
    mail::{Content, Letter, sample},
    settings::Settings,
    use_case::send_mails::{self, Round},
};
use time::Duration;

use crate::app::Server;
pub use picture::png_of;
use smtp::{Fault, Smtp};

pub async fn server_with(url: &str, ca: Option<&str>) -> Server {
    server_in(std::sync::Arc::new(tempfile::tempdir().unwrap()), url, ca).await
}

async fn server_in(dir: std::sync::Arc<tempfile::TempDir>, url: &str, ca: Option<&str>) -> Server {
    let file = dir.path().join("mail-ca.pem");
    let route = server::mail::parse_route(url).unwrap();
    let change = |settings: &mut Settings| {
        settings.mail.route = Some(route);
        settings.mail.timeout = std::time::Duration::from_secs(1);
        if let Some(pem) = ca {
            std::fs::write(&file, pem).unwrap();
            settings.mail.ca_file = Some(file.clone());
        }
    };
    Server::start_in(dir.clone(), change).await
}

pub async fn plain(smtp: &Smtp) -> Server {
    server_with(&format!("smtp://127.0.0.1:{}?tls=none", smtp.port), None).await
}

pub async fn write(server: &Server, kind: Kind, useless_after: Option<Duration>) -> NewMail {
    write_to(
        server,
        "anna@example.com",
        sample(kind, "https://id.example.com"),
        useless_after,
    )
    .await
}

pub async fn write_to(
    server: &Server,
    address: &str,
    content: Content,
    useless_after: Option<Duration>,
) -> NewMail {
    let now = server.context.clock.now();
    let letter = Letter {
        to_name: "Anna\r\nBcc: eve@example.com".into(),
        to_address: address.into(),
        language: Language::Sv,
        content,
        concerns: Concerns::default(),
        useless_after: useless_after.map(|after| now + after),
    };
    let written = server.context.mail.as_ref().unwrap().write(&letter, now).unwrap();
    let transaction = server.context.store.begin().await.unwrap();
    transaction.add_mail(&written).await.unwrap();
    transaction.commit().await.unwrap();
    written
}

pub async fn round(server: &Server) -> Round {
    send_mails::run(&server.context, || false).await.unwrap()
}

pub async fn stands(server: &Server, written: &NewMail) -> Mail {
    server
        .context
        .store
        .read()
        .mail(written.mail.id)
        .await
        .unwrap()
        .unwrap()
}

pub fn count(smtp: &Smtp, written: &NewMail) -> usize {
    let id = format!("Message-ID: {}", written.mail.message_id);
    smtp.mails().iter().filter(|mail| mail.contains(&id)).count()
}

/// Looks again and again until it is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let began_at = std::time::Instant::now();
    while !is_so() {
        assert!(
            began_at.elapsed() < std::time::Duration::from_mins(1),
            "waited for: {what}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn over_starttls_with_sign_in_a_mail_arrives_once_and_its_words_are_erased() {
    let smtp = Smtp::start(Some("geheim")).await;
    let url = format!("smtp://portal:geheim@localhost:{}", smtp.port);
    let server = server_with(&url, Some(&smtp.certificate)).await;
    let written = write(&server, Kind::ActivationCode, Some(Duration::minutes(30))).await;
    assert_eq!(
        round(&server).await.sent,
        1,
        "{:?}",
        stands(&server, &written).await
    );
    assert_eq!(round(&server).await, Round::default());
    let mail = stands(&server, &written).await;
    assert_eq!((mail.state, mail.attempts), (State::Sent, 1));
    assert!(mail.last_answer.unwrap().contains("queued as 4711"));
    assert_eq!(count(&smtp, &written), 1);
    let text = &smtp.mails()[0];
    let header = text.split("\r\n\r\n").next().unwrap();
    assert!(!header.lines().any(|line| line.starts_with("Bcc")), "{header}");
    for part in ["Auto-Submitted: auto-generated", "multipart/alternative"] {
        assert!(header.contains(part), "{header}");
    }
    for part in [
        "multipart/related",
        "Content-ID: <qr@activation>",
        "Content-Type: image/png",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let again = server.context.store.read();
    let now = server.context.clock.now();
    assert!(
        !again.retry_mail(written.mail.id, now, now).await.unwrap(),
        "nothing is left to send"
    );
}

#[tokio::test]
async fn a_server_that_stumbles_gets_every_mail_once() {
    for fault in [Fault::Greylist, Fault::CutAfterData, Fault::Hang] {
        let smtp = Smtp::start(None).await;
        let server = plain(&smtp).await;
        let written = write(&server, Kind::Created, None).await;
        smtp.faults(&[fault]);
        assert_eq!(round(&server).await.sent, 0, "{fault:?}");
        let mail = stands(&server, &written).await;
        assert_eq!(mail.state, State::Waiting, "{fault:?}");
        assert!(mail.next_at > server.context.clock.now());
        assert_eq!(round(&server).await.tried, 0, "not before its time");
        server.later(Duration::seconds(6));
        assert_eq!(round(&server).await.sent, 1, "{fault:?}");
        assert_eq!(count(&smtp, &written), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_can_be_tried_again_by_hand() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let written = write(&server, Kind::Created, None).await;
    smtp.faults(&[Fault::RefuseRecipient]);
    round(&server).await;
    let mail = stands(&server, &written).await;
    assert_eq!(mail.state, State::Failed);
    assert!(mail.last_answer.unwrap().contains("no such user"));
    let now = server.context.clock.now();
    let book = server.context.store.read();
    assert!(
        book.retry_mail(written.mail.id, now, now + Duration::hours(1))
            .await
            .unwrap()
    );
    assert_eq!(round(&server).await.sent, 1);
    assert_eq!(count(&smtp, &written), 1);
}

#[tokio::test]
async fn trouble_with_the_server_fails_no_mail() {
    let smtp = Smtp::start(Some("geheim")).await;
    let there = |scheme: &str, user: &str| format!("{scheme}://{user}localhost:{}", smtp.port);
    for (url, ca) in [
        (there("smtp", "portal:falsch@"), Some(&*smtp.certificate)),
        (there("smtp", "portal:geheim@"), None),
    ] {
        let server = server_with(&url, ca).await;
        let written = write(&server, Kind::Created, None).await;
        assert!(round(&server).await.trouble);
        let mail = stands(&server, &written).await;
        assert_eq!(mail.state, State::Waiting, "{url} {:?}", mail.last_answer);
        assert!(!mail.last_answer.unwrap().contains("falsch"));
    }
    assert!(smtp.mails().is_empty());
}

#[tokio::test]
async fn a_server_that_was_down_gets_everything_when_it_is_back() {
    let mut smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    smtp.down();
    let mut written = Vec::new();
    for _ in 0..100 {
        written.push(write(&server, Kind::Created, None).await);
    }
    for _ in 0..3 {
        let tried = round(&server).await;
        assert!(tried.trouble && tried.tried <= 8, "{tried:?}");
        server.later(Duration::minutes(1));
    }
    smtp.up().await;
    server.later(Duration::minutes(16));
    while round(&server).await.tried > 0 {}
    for mail in &written {
        assert_eq!(count(&smtp, mail), 1);
    }
    let counts = server.context.store.read().mail_counts().await.unwrap();
    assert_eq!((counts.sent, counts.waiting), (100, 0));
    let metrics = server
        .anonymous()
        .get(shared::url::ops::METRICS)
        .await
        .ok()
        .text();
    assert!(
        metrics.contains("selfservice_mails{state=\"sent\"} 100"),
        "{metrics}"
    );
}

#[tokio::test]
async fn what_a_killed_server_held_is_sent_by_another_under_the_same_id() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let written = write(&server, Kind::Created, None).await;
    let now = server.context.clock.now();
    let lease = server.context.mail.as_ref().unwrap().lease_until(now);
    let taken = server
        .context
        .store
        .read()
        .take_mail(written.mail.id, now, lease)
        .await
        .unwrap();
    let again = server
        .context
        .store
        .read()
        .take_mail(written.mail.id, now, lease)
        .await
        .unwrap();
    assert!(taken.is_some() && again.is_none(), "one holder");
    assert_eq!(round(&server).await.tried, 0, "it is in somebody's hands");
    let url = format!("smtp://127.0.0.1:{}?tls=none", smtp.port);
    let other = server_in(server.dir.clone(), &url, None).await;
    other.later(lease - now + Duration::SECOND);
    assert_eq!(round(&other).await.sent, 1);
    assert_eq!(count(&smtp, &written), 1);
    let late = Mail {
        state: State::Failed,
        ..taken.as_ref().unwrap().mail.clone()
    };
    let book = other.context.store.read();
    assert!(
        !book.put_mail(&taken.unwrap().mail, &late).await.unwrap(),
        "the first comes too late"
    );
}

#[tokio::test]
async fn what_is_over_is_given_up_and_a_code_that_expired_is_not_sent() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let code = write(&server, Kind::ActivationCode, Some(Duration::minutes(30))).await;
    server.later(Duration::minutes(31));
    round(&server).await;
    assert_eq!(stands(&server, &code).await.state, State::Failed);
    let other = write(&server, Kind::Created, None).await;
    server.later(Duration::hours(49));
    smtp.faults(&[Fault::Greylist]);
    round(&server).await;
    assert_eq!(stands(&server, &other).await.state, State::Failed);
    assert!(smtp.mails().is_empty());
}

#[tokio::test]
async fn a_folder_takes_mail_as_files_and_the_database_holds_no_link() {
    let server = server_with("file:", None).await;
    let written = write(&server, Kind::ActivationCode, None).await;
    assert!(!written.sealed.windows(6).any(|part| part == b"SAMPLE"));
    assert_eq!(round(&server).await.sent, 1);
    let file = server.dir.path().join(format!("mail/{}.eml", written.mail.id));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "codes stand in there");
    assert!(std::fs::read_to_string(file).unwrap().contains("Auto-Submitted"));
}
