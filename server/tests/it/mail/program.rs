//! The real program and mail: killed while it sends, started with wrong settings, and its commands.

use serde_json::json;
use server::startup::DEMO_PASSWORD;
use shared::{api::OutboxMail, url::admin};

use super::{
    smtp::{Fault, Smtp},
    until,
};
use crate::{
    app::Browser,
    faults::{count, sqlite},
    program::Server,
};

async fn server_for(smtp: &Smtp) -> Server {
    let url = format!("smtp://127.0.0.1:{}?tls=none", smtp.port);
    Server::start_with(&[("SELFSERVICE_MAIL__URL", &url)]).await
}

async fn astrid(server: &Server) -> Browser {
    let browser = Browser {
        client: reqwest::Client::builder().cookie_store(true).build().unwrap(),
        base: server.base(),
    };
    browser.sign_in("astrid", DEMO_PASSWORD).await.ok();
    browser
}

async fn send_test_mail(server: &Server) -> OutboxMail {
    let astrid = astrid(server).await;
    astrid
        .post(admin::MAIL_TEST, json!({ "language": "en" }))
        .await
        .json()
}

/// As often as the server has it in its hands for good.
fn arrived(smtp: &Smtp, mail: &OutboxMail) -> usize {
    let id = format!("Message-ID: <{}@", mail.id);
    smtp.mails().iter().filter(|text| text.contains(&id)).count()
}

/// SIGKILL while the mail server holds the conversation; then the lease runs out, which would take two minutes.
async fn killed_while(fault: Fault) -> (Smtp, Server, OutboxMail) {
    let smtp = Smtp::start(None).await;
    let mut server = server_for(&smtp).await;
    smtp.faults(&[fault]);
    let mail = send_test_mail(&server).await;
    until("the conversation is held", || smtp.held() == 1).await;
    server.kill();
    let path = server.path("data/selfservice.sqlite");
    assert_eq!(
        count(
            &path,
            "SELECT count(*) AS count FROM mail WHERE state = 'sending'"
        )
        .await,
        1
    );
    sqlite(&path, "UPDATE mail SET lease_until = 1").await;
    server.start_again().await;
    (smtp, server, mail)
}

async fn is_sent(server: &Server, smtp: &Smtp, times: usize, mail: &OutboxMail) {
    until("the mail arrives", || arrived(smtp, mail) >= times).await;
    let path = server.path("data/selfservice.sqlite");
    let began_at = std::time::Instant::now();
    while count(&path, "SELECT count(*) AS count FROM mail WHERE state = 'sent'").await == 0 {
        assert!(
            began_at.elapsed() < std::time::Duration::from_mins(1),
            "it is written down"
        );
    }
    assert_eq!(arrived(smtp, mail), times);
    assert_eq!(
        count(&path, "SELECT count(*) AS count FROM mail_payload").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_mail_is_handed_over_it_arrives_exactly_once() {
    let (smtp, server, mail) = killed_while(Fault::HoldBeforeData).await;
    is_sent(&server, &smtp, 1, &mail).await;
}

/// The mail server has it and could not say so: nobody can know, and the Message-ID lets the reader's side know.
#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_mail_was_taken_it_arrives_twice_under_one_message_id() {
    let (smtp, server, mail) = killed_while(Fault::HoldAfterTaking).await;
    is_sent(&server, &smtp, 2, &mail).await;
    let mails = smtp.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0], mails[1], "octet by octet");
}

/// Whatever the moment: every mail arrives, and none more than twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_loses_no_mail() {
    let smtp = Smtp::start(None).await;
    let mut server = server_for(&smtp).await;
    let path = server.path("data/selfservice.sqlite");
    let mut mails = Vec::new();
    for round in 0..5_u64 {
        for _ in 0..4 {
            mails.push(send_test_mail(&server).await);
        }
        tokio::time::sleep(std::time::Duration::from_millis(round * 7)).await;
        server.kill();
        sqlite(&path, "UPDATE mail SET lease_until = 1 WHERE state = 'sending'").await;
        server.start_again().await;
    }
    until("every mail arrives", || {
        mails.iter().all(|mail| arrived(&smtp, mail) > 0)
    })
    .await;
    for mail in &mails {
        assert!(arrived(&smtp, mail) <= 2, "{mail:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_of_the_mail_path_are_told_all_at_once() {
    let mut server = Server::start().await;
    let wrong = [
        ("SELFSERVICE_MAIL__URL", "http://user:geheim@mail.example.com"),
        ("SELFSERVICE_MAIL__FROM", "Smart ID"),
        ("SELFSERVICE_MAIL__GIVE_UP_HOURS", "0"),
        ("SELFSERVICE_MAIL__KEEP_DAYS", "4000"),
        ("SELFSERVICE_MAIL__TIMEOUT_SECONDS", "601"),
        ("SELFSERVICE_MAIL__TEMPLATES", "/nowhere"),
        ("SELFSERVICE_MAIL__CA_FILE", "/nowhere.pem"),
        ("SELFSERVICE_MAIL__URI", "smtp://mail.example.com"),
    ];
    let said = server.refusal(&wrong);
    for (name, _) in wrong {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(!said.contains("geheim"), "{said}");
    let file = server.path("no.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let said = server.refusal(&[
        ("SELFSERVICE_MAIL__URL", "smtps://mail.example.com"),
        ("SELFSERVICE_MAIL__CA_FILE", file.to_str().unwrap()),
    ]);
    assert!(said.contains("mail.ca_file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_sends_and_tries_again() {
    let mut smtp = Smtp::start(None).await;
    let mut server = server_for(&smtp).await;
    // Alone with the outbox: the server beside would be faster at times.
    server.kill();
    assert_eq!(server.say(&["mail", "list"]), "");
    let said = server.say(&["mail", "test", "anna@example.com", "--language", "sv"]);
    assert!(
        said.contains("was handed over: 250 2.0.0 queued as 4711"),
        "{said}"
    );
    assert_eq!(smtp.mails().len(), 1);

    smtp.faults(&[Fault::RefuseRecipient]);
    let (status, said) = server.try_to_say(&["mail", "test", "nobody@example.com"]);
    assert!(!status.success() && said.contains("no such user"), "{said}");
    let list = server.say(&["mail", "list"]);
    let failed = list
        .lines()
        .find(|line| line.contains("nobody@example.com"))
        .unwrap();
    assert!(
        failed.contains("\ttest\t") && failed.contains("\t1\t") && failed.contains("no such user"),
        "{list}"
    );
    let id = failed.split('\t').next().unwrap();
    let said = server.say(&["mail", "retry", id]);
    assert!(said.contains("was handed over"), "{said}");
    assert_eq!(smtp.mails().len(), 2);
    let (status, said) = server.try_to_say(&["mail", "retry", id]);
    assert!(!status.success() && said.contains("nothing left"), "{said}");
    let nobody = uuid::Uuid::now_v7().to_string();
    let (status, said) = server.try_to_say(&["mail", "retry", &nobody]);
    assert!(!status.success() && said.contains("no such mail"), "{said}");
    let (status, said) = server.try_to_say(&["mail", "test", "anna@example.com\r\nBcc: eve@example.com"]);
    assert!(!status.success() && said.contains("address"), "{said}");

    smtp.down();
    let said = server.say(&["mail", "test", "anna@example.com"]);
    assert!(
        said.contains("waits: the mail server cannot be reached"),
        "{said}"
    );
    let unset = Server::start().await;
    let (status, said) = unset.try_to_say(&["mail", "test", "anna@example.com"]);
    assert!(!status.success() && said.contains("mail.url"), "{said}");
}
