//! What somebody tries who wants in, or wants to stop others: each was possible once.

use serde_json::json;
use server::use_case::add_user::{self, NewUser};
use shared::{
    api::{CertificateState, ProcessState, UserState},
    problem::Code,
    url::{self, api, device, pki},
};
use time::Duration;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::revocation_list::CertificateRevocationList;

use crate::app::{PASSWORD, Server, enroll};
use crate::{faults::sqlite, program};

/// The limit has to stop the guess that is right, too; and it must not stop phones with a scanned code.
#[tokio::test]
async fn who_has_guessed_too_often_is_not_told_of_a_right_guess_either() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (_, shown) = browser.open().await;
    let phone = server.phone();
    for n in 0..20 {
        phone
            .look(&format!("0000-00{n:02}"))
            .await
            .refused(Code::ActivationCodeUnknown);
    }
    let refused = phone.look(&shown.short_code).await.refused(Code::TooManyAttempts);
    assert!(refused.retry_after.is_some_and(|seconds| seconds <= 10));
    phone
        .claim(&shown.short_code)
        .await
        .refused(Code::TooManyAttempts);
    phone
        .post(device::DECLINE, json!({ "code": shown.short_code }))
        .await
        .refused(Code::TooManyAttempts);
    let scanned = url::page::activation_code(&shown.link);
    phone.look(scanned).await.ok();
    phone.claim(scanned).await.ok();
}

/// Many at once must not slip through between the look at the limit and the count.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_time_are_counted_one_by_one() {
    let server = Server::start().await;
    let guesses: Vec<_> = (0..100)
        .map(|n| {
            let phone = server.phone();
            tokio::spawn(async move { phone.look(&format!("0000-0{n:03}")).await.status.as_u16() })
        })
        .collect();
    let mut heard = 0;
    for guess in guesses {
        if guess.await.unwrap() == Code::ActivationCodeUnknown.status() {
            heard += 1;
        }
    }
    assert!((20..=22).contains(&heard), "{heard} guesses were answered");
}

/// A right code costs nothing: a whole office behind one address can set up its phones.
#[tokio::test]
async fn right_codes_are_not_counted() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (_, shown) = browser.open().await;
    for _ in 0..60 {
        server.phone().look(&shown.short_code).await.ok();
    }
}

/// What was sent may be a password in the wrong place: no answer repeats it.
#[tokio::test]
async fn no_refusal_repeats_what_was_sent() {
    let server = Server::start().await;
    let browser = server.anonymous();
    for body in [
        json!("hunter2"),
        json!({ "user_name": "anna", "password": ["hunter2"] }),
        json!({ "user_name": { "hunter2": 1 }, "password": "x" }),
        json!({ "user_name": "x, expected hunter2", "password": false }),
    ] {
        let answer = browser.post(api::SESSION, &body).await;
        assert!(!answer.text().contains("hunter2"), "{}", answer.text());
        let problem = answer.refused(Code::MalformedRequest);
        assert!(problem.detail.is_some(), "{body} is refused without a word");
    }
    let answer = browser.post(api::PROCESSES, json!({ "kind": "hunter2" })).await;
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
    let answer = browser
        .get(&format!("{}?since=hunter2", device::ENROLLMENT))
        .await;
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
}

/// One row that cannot be read must not keep others from being ended: theirs would be `issued` for ever.
#[tokio::test]
async fn a_damaged_process_does_not_stop_the_sweep() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let (damaged, _) = anna.open().await;
    let (process, shown) = bertil.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    bertil.pair(process, &code).await.ok();
    let id = damaged.simple().to_string().to_uppercase();
    let damage = format!("UPDATE process SET stage = '{{}}', until = 1 WHERE hex(id) = '{id}'");
    sqlite(&server.dir.path().join("selfservice.sqlite"), &damage).await;
    server.later(Duration::minutes(11));
    server.sweep().await;
    let ended = bertil.process(process).await;
    assert_eq!(ended.state, ProcessState::Failed);
    for certificate in ended.mobile_id.unwrap().certificates {
        assert_eq!(certificate.state_in_ca, CertificateState::Revoked);
    }
}

/// RFC 5280, section 5.2.3: lists that were signed at different times have different, growing numbers.
#[tokio::test]
async fn revocation_lists_are_numbered_in_order() {
    let server = Server::start().await;
    let browser = server.anonymous();
    let mut last = None;
    for _ in 0..5 {
        // A list is kept for half of its life.
        server.later(Duration::hours(13));
        let body = browser.get(pki::CRL).await.ok().body;
        let (_, crl) = CertificateRevocationList::from_der(&body).unwrap();
        let number = crl.crl_number().cloned();
        assert!(number > last, "{number:?} after {last:?}");
        last = number;
    }
}

/// The folder holds password hashes and the CA's keys: other users of the machine have no business in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_data_folder_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let server = program::Server::start().await;
    let mode = std::fs::metadata(server.path("data"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Names that would break out of a certificate's subject, or of openssl's reading of it.
#[tokio::test]
async fn a_name_with_every_special_character_is_one_name() {
    let server = Server::start().await;
    let name = "Ann, O=Evil+CN=root\\\"<>;#=/emailAddress=x 李";
    let new = NewUser {
        user_name: "anna".into(),
        display_name: name.into(),
        email: None,
        state: UserState::Active,
        roles: vec![shared::api::Role::SelfServiceUser],
        attributes: std::collections::BTreeMap::new(),
        language: None,
        password: PASSWORD.into(),
    };
    add_user::run(&server.context, new).await.unwrap();
    let browser = server.anonymous();
    browser.sign_in("anna", PASSWORD).await.ok();
    let mobile_id = enroll(&browser, &server.phone()).await;
    for certificate in mobile_id.certificates {
        let der = browser
            .get(&api::certificate(&certificate.serial, "der"))
            .await
            .ok()
            .body;
        let (_, parsed) = X509Certificate::from_der(&der).unwrap();
        let names: Vec<_> = parsed
            .subject()
            .iter_common_name()
            .map(|name| name.as_str().unwrap())
            .collect();
        assert_eq!(names, [name]);
        assert_eq!(parsed.subject().iter_organization().count(), 0);
        assert_eq!(parsed.subject().iter_rdn().count(), 2);
    }
}

/// A few thousand connections that never say what they want would shut everybody out.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_let_go() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::start().await;
    let address = server.base.strip_prefix("http://").unwrap().to_owned();
    let silent = [
        "",
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST /api/session HTTP/1.1\r\nX: ",
    ];
    let connections = silent.map(|beginning| {
        let address = address.clone();
        tokio::spawn(async move {
            let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
            connection.write_all(beginning.as_bytes()).await.unwrap();
            let mut rest = Vec::new();
            let end = connection.read_to_end(&mut rest);
            tokio::time::timeout(std::time::Duration::from_secs(40), end)
                .await
                .is_ok()
        })
    });
    for (connection, beginning) in connections.into_iter().zip(silent) {
        assert!(connection.await.unwrap(), "{beginning:?} is kept open");
    }
}
