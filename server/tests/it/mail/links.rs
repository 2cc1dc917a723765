//! Links in mails: looking changes nothing, pressing does it once.

use reqwest::Method;
use serde_json::json;
use shared::{
    api::{
        CertificateState, Ending, Event, LockReason, MailLink, MailLinkKind, MailLinkStanding, MobileId,
        MobileIdState, ProcessState, UserState,
    },
    problem::Code,
    url::{api, page, pki},
};
use time::Duration;
use uuid::Uuid;

use super::{
    code::{BY_MAIL, options, resend},
    plain, read, round,
    smtp::Smtp,
};
use crate::app::{Browser, Phone, Server, enroll};

async fn look(server: &Server, token: &str) -> MailLink {
    let body = json!({ "token": token });
    server.anonymous().post(api::MAIL_LINK, body).await.json()
}

async fn press(server: &Server, token: &str) -> MailLink {
    let body = json!({ "token": token });
    server.anonymous().post(api::MAIL_LINK_USE, body).await.json()
}

/// Anna's process with its code mailed, and that mail.
async fn mailed(server: &Server, smtp: &Smtp) -> (Browser, Uuid, String) {
    options(server, BY_MAIL).await;
    let anna = server.user("anna").await;
    let process = anna.start().await.id;
    anna.show_code(process).await;
    round(server).await;
    (anna, process, smtp.mails().last().unwrap().clone())
}

async fn claimed(server: &Server, mail: &str) -> Phone {
    let phone = server.phone();
    let link = read::link(mail, "/m#");
    phone.claim(page::activation_code(&link)).await.ok();
    phone
}

/// Anna's mobile ID, and the token in the mail that tells of it.
async fn created(server: &Server, smtp: &Smtp) -> (Browser, MobileId, String) {
    options(server, "notify = \"success\";").await;
    let anna = server.user("anna").await;
    let mobile_id = enroll(&anna, &server.phone()).await;
    round(server).await;
    let token = read::token(smtp.mails().last().unwrap());
    (anna, mobile_id, token)
}

#[tokio::test]
async fn looking_changes_nothing_however_it_is_done() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (anna, process, mail) = mailed(&server, &smtp).await;
    let token = read::token(&mail);
    let before = anna.get(&api::process(process)).await.text();
    let anyone = server.anonymous();
    for path in [api::MAIL_LINK, api::MAIL_LINK_USE] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            let answer = anyone.send(method, path, None).await;
            assert_eq!(answer.status, 405, "{path}");
        }
        for query in [format!("{path}?token={token}"), format!("{path}/{token}")] {
            let answer = anyone.get(&query).await;
            assert!(answer.status.is_client_error(), "{query}");
        }
    }
    // The page itself is the same for everybody: the secret is in the fragment.
    for method in [Method::GET, Method::HEAD] {
        anyone.send(method, page::MAIL_LINK, None).await.ok();
    }
    for _ in 0..3 {
        let link = look(&server, &token).await;
        assert_eq!(
            (link.kind, link.standing),
            (MailLinkKind::NotMe, MailLinkStanding::Open)
        );
        assert_eq!(
            (&*link.user, link.browser.as_deref()),
            ("a… S…", Some("an unknown browser"))
        );
        assert_eq!((link.mobile_id, link.phone), (None, None));
    }
    assert_eq!(anna.get(&api::process(process)).await.text(), before);
}

#[tokio::test]
async fn this_was_not_me_cancels_and_the_user_is_told() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (anna, process, mail) = mailed(&server, &smtp).await;
    let token = read::token(&mail);
    let (one, two) = tokio::join!(press(&server, &token), press(&server, &token));
    assert_eq!(
        (one.standing, two.standing),
        (MailLinkStanding::Done, MailLinkStanding::Done)
    );
    assert_eq!(press(&server, &token).await.standing, MailLinkStanding::Done);
    assert_eq!(look(&server, &token).await.standing, MailLinkStanding::Done);
    let view = anna.process(process).await;
    assert_eq!(
        (view.state, view.ending),
        (ProcessState::Cancelled, Some(Ending::DisownedByMail))
    );
    let link = read::link(&mail, "/m#");
    server
        .phone()
        .claim(page::activation_code(&link))
        .await
        .refused(Code::ActivationCancelled);
    // Known for seven days after the process's end.
    server.later(Duration::days(7));
    assert_eq!(look(&server, &token).await.standing, MailLinkStanding::Done);
    server.later(Duration::days(2));
    let body = json!({ "token": token });
    let gone = server.anonymous().post(api::MAIL_LINK, body).await;
    gone.refused(Code::MailLinkUnknown);
}

#[tokio::test]
async fn this_was_not_me_after_the_claim_stops_the_phone() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (anna, process, mail) = mailed(&server, &smtp).await;
    let phone = claimed(&server, &mail).await;
    assert_eq!(
        press(&server, &read::token(&mail)).await.standing,
        MailLinkStanding::Done
    );
    let told = phone.enrollment().await;
    assert_eq!(
        (told.state, told.ending),
        (ProcessState::Cancelled, Some(Ending::DisownedByMail))
    );
    phone.send_keys().await.refused(Code::ProcessEnded);
    assert_eq!(anna.process(process).await.state, ProcessState::Cancelled);
}

#[tokio::test]
async fn this_was_not_me_revokes_what_no_phone_has_confirmed() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (anna, process, mail) = mailed(&server, &smtp).await;
    let phone = claimed(&server, &mail).await;
    let accepted = phone.send_keys().await.json();
    let link = read::link(&mail, "/m#");
    let digits = phone.pairing_code(page::activation_code(&link), &accepted);
    anna.pair(process, &digits).await.ok();
    let receipt = phone.receipt().await;
    assert_eq!(
        press(&server, &read::token(&mail)).await.standing,
        MailLinkStanding::Done
    );
    phone.send_receipt(&receipt).await.refused(Code::ProcessEnded);
    let made = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(
        (made.summary.state, made.failure),
        (MobileIdState::Registered, Some(Ending::DisownedByMail))
    );
    for certificate in made.certificates {
        assert_eq!(certificate.state_in_ca, CertificateState::Revoked);
    }
}

#[tokio::test]
async fn this_was_not_me_comes_too_late_for_what_has_ended() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (anna, process, mail) = mailed(&server, &smtp).await;
    let first = read::token(&mail);
    server.later(Duration::seconds(61));
    resend(&anna, process).await.ok();
    round(&server).await;
    let second = smtp.mails().last().unwrap().clone();
    // Each mail's link works; the one that was not used has nothing left to do.
    assert_eq!(press(&server, &first).await.standing, MailLinkStanding::Done);
    assert_eq!(
        press(&server, &read::token(&second)).await.standing,
        MailLinkStanding::Over
    );

    let process = anna.start().await.id;
    anna.show_code(process).await;
    round(&server).await;
    let mail = smtp.mails().last().unwrap().clone();
    let phone = claimed(&server, &mail).await;
    let accepted = phone.send_keys().await.json();
    let link = read::link(&mail, "/m#");
    let digits = phone.pairing_code(page::activation_code(&link), &accepted);
    anna.pair(process, &digits).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    assert_eq!(
        press(&server, &read::token(&mail)).await.standing,
        MailLinkStanding::Over
    );
    let view = anna.process(process).await;
    assert_eq!(view.state, ProcessState::Completed);
    assert_eq!(view.mobile_id.unwrap().summary.state, MobileIdState::Active);

    // Locked half-way, and time: those have ended it for their own reasons.
    for by_time in [false, true] {
        let name = if by_time { "bertil" } else { "cecilia" };
        let user = server.user(name).await;
        let process = user.start().await.id;
        user.show_code(process).await;
        round(&server).await;
        let token = read::token(smtp.mails().last().unwrap());
        if by_time {
            server.later(Duration::hours(25));
        } else {
            server.set_state(name, UserState::Locked).await;
        }
        assert_eq!(look(&server, &token).await.standing, MailLinkStanding::Over);
        assert_eq!(press(&server, &token).await.standing, MailLinkStanding::Over);
        let found = server
            .context
            .store
            .read()
            .process(process)
            .await
            .unwrap()
            .unwrap();
        let ending = if by_time {
            Ending::Abandoned
        } else {
            Ending::UserNotActive
        };
        assert_eq!(found.ending(), Some(ending));
    }
}

#[tokio::test]
async fn a_mobile_id_is_locked_by_the_link_for_good() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (anna, mobile_id, token) = created(&server, &smtp).await;
    let link = look(&server, &token).await;
    assert_eq!(
        (link.kind, link.standing),
        (MailLinkKind::Lock, MailLinkStanding::Open)
    );
    assert_eq!(link.mobile_id.as_deref(), Some("MobileID anna Svensson"));
    assert_eq!(link.phone.as_deref(), Some("Pixel 8, Chrome on Android"));
    assert_eq!(link.browser, None);
    let path = api::mobile_id(mobile_id.summary.id);
    let state = anna.get(&path).await.json::<MobileId>().summary.state;
    assert_eq!(state, MobileIdState::Active, "looking locks nothing");
    let (one, two) = tokio::join!(press(&server, &token), press(&server, &token));
    assert_eq!(
        (one.standing, two.standing),
        (MailLinkStanding::Done, MailLinkStanding::Done)
    );
    let locked: MobileId = anna.get(&path).await.json();
    assert_eq!(locked.summary.state, MobileIdState::Locked);
    assert_eq!(locked.certificates.len(), 2);
    for certificate in &locked.certificates {
        assert_eq!(certificate.state_in_ca, CertificateState::Revoked);
        assert_eq!(certificate.state_in_identity_manager, CertificateState::Revoked);
    }
    let is_lock = |entry: &&shared::api::HistoryEntry| entry.event == Event::MobileIdLocked;
    assert_eq!(
        locked.history.iter().filter(is_lock).count(),
        1,
        "written down once"
    );
    let crl = anna.get(pki::CRL).await.ok().body;
    let said = openssl_crl(&crl);
    for certificate in &locked.certificates {
        assert!(said.contains(&certificate.serial), "{said}");
    }
    assert_eq!(said.matches("Key Compromise").count(), 2, "{said}");
    // A new one can be had at once.
    let again = enroll(&anna, &server.phone()).await;
    assert_eq!(again.summary.state, MobileIdState::Active);
    assert_eq!(press(&server, &token).await.standing, MailLinkStanding::Done);
    let kept: MobileId = anna.get(&api::mobile_id(again.summary.id)).await.json();
    assert_eq!(kept.summary.state, MobileIdState::Active, "the other one stays");
}

fn openssl_crl(der: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("crl.der");
    std::fs::write(&file, der).unwrap();
    let mut openssl = std::process::Command::new("openssl");
    openssl
        .args(["crl", "-inform", "DER", "-noout", "-text", "-in"])
        .arg(&file);
    String::from_utf8(openssl.output().unwrap().stdout).unwrap()
}

#[tokio::test]
async fn a_lock_link_lives_thirty_days_and_for_a_user_who_is_inactive_too() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let (_, mobile_id, token) = created(&server, &smtp).await;
    server.later(Duration::days(30) - Duration::minutes(1));
    assert_eq!(look(&server, &token).await.standing, MailLinkStanding::Open);
    server.set_state("anna", UserState::Inactive).await;
    assert_eq!(press(&server, &token).await.standing, MailLinkStanding::Done);
    let book = server.context.store.read();
    let found = book.mobile_id(mobile_id.summary.id).await.unwrap().unwrap();
    assert_eq!(found.state, MobileIdState::Locked);
    assert_eq!(found.lock_reason, Some(LockReason::DisownedByMail));
    server.later(Duration::minutes(2));
    let body = json!({ "token": token });
    let answer = server.anonymous().post(api::MAIL_LINK_USE, body).await;
    answer.refused(Code::MailLinkUnknown);
    server.sweep().await;
    let hash = server::domain::secret::token_hash(&token).unwrap();
    let long_ago = server.context.clock.now() - Duration::days(20);
    assert_eq!(book.mail_link(hash, long_ago).await.unwrap(), None, "swept away");
}

#[tokio::test]
async fn a_guess_is_unknown_and_guessing_is_limited() {
    let server = Server::start().await;
    let anyone = server.anonymous();
    let random = shared::protocol::encode(&[7; 32]);
    let mut guesses = 0;
    for path in [api::MAIL_LINK, api::MAIL_LINK_USE] {
        for token in ["", "x", &random, "../../etc/passwd", &"A".repeat(10_000)] {
            let answer = anyone.post(path, json!({ "token": token })).await;
            answer.refused(Code::MailLinkUnknown);
            guesses += 1;
        }
    }
    while guesses < 20 {
        let answer = anyone.post(api::MAIL_LINK, json!({ "token": random })).await;
        answer.refused(Code::MailLinkUnknown);
        guesses += 1;
    }
    let refused = anyone.post(api::MAIL_LINK_USE, json!({ "token": random })).await;
    assert!(refused.refused(Code::TooManyAttempts).retry_after.unwrap() <= 11);
}
