//! The device API: what a phone, or somebody who claims to be one, may send.

use reqwest::Method;
use serde_json::json;
use shared::{
    api::{ActivationOffer, Claimed, Ending, KeysAccepted, ProcessState, Purpose},
    problem::Code,
    protocol,
    url::{self, api, device},
};
use time::Duration;

use crate::app::{Key, Server, enroll};

#[tokio::test]
async fn looking_at_a_code_uses_nothing_and_names_nobody() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    for code in [
        url::page::activation_code(&shown.link),
        &shown.short_code,
        &shown.short_code.to_lowercase(),
    ] {
        let offer: ActivationOffer = phone.look(code).await.json();
        assert_eq!((&*offer.user, &*offer.server_name), ("a… S…", "Smart ID"));
    }
    assert_eq!(browser.process(process).await.state, ProcessState::Open);
}

#[tokio::test]
async fn get_and_head_on_every_device_url_change_nothing() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let code = url::page::activation_code(&shown.link);
    let urls = [
        device::ACTIVATION,
        device::CLAIM,
        device::DECLINE,
        device::KEYS,
        device::RECEIPT,
        device::CANCEL,
        device::TEST,
        device::TEST_ANSWER,
    ];
    for path in urls {
        for method in [Method::GET, Method::HEAD] {
            for query in [String::new(), format!("?code={code}")] {
                let answer = browser
                    .send(method.clone(), &format!("{path}{query}"), None)
                    .await;
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_eq!(answer.headers["allow"], "POST", "{method} {path}");
            }
        }
    }
    for path in ["/m", &format!("/m?code={code}")] {
        browser.get(path).await.ok();
        browser.send(Method::HEAD, path, None).await.ok();
    }
    assert_eq!(browser.process(process).await.state, ProcessState::Open);
    phone.claim(code).await.ok();
    let before = phone.enrollment().await;
    browser.send(Method::HEAD, device::ENROLLMENT, None).await;
    assert_eq!(phone.enrollment().await, before);
}

#[tokio::test]
async fn wrong_codes_each_get_their_own_answer() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (_, shown) = browser.open().await;
    let code = url::page::activation_code(&shown.link);
    for truncated in ["", "x", &code[..42], &shown.short_code[..8]] {
        phone.look(truncated).await.refused(Code::ActivationCodeMalformed);
        phone
            .claim(truncated)
            .await
            .refused(Code::ActivationCodeMalformed);
    }
    for foreign in [protocol::encode(&[7; 32]), "0000-0000".into()] {
        phone.look(&foreign).await.refused(Code::ActivationCodeUnknown);
        phone.claim(&foreign).await.refused(Code::ActivationCodeUnknown);
    }
    server.later(Duration::minutes(5));
    phone.look(code).await.refused(Code::ActivationCodeExpired);
    phone.claim(code).await.refused(Code::ActivationCodeExpired);
}

#[tokio::test]
async fn guessing_codes_is_limited() {
    let server = Server::start().await;
    let phone = server.phone();
    for n in 0..20 {
        phone
            .look(&format!("0000-00{n:02}"))
            .await
            .refused(Code::ActivationCodeUnknown);
    }
    let problem = phone.look("0000-0099").await.refused(Code::TooManyAttempts);
    assert!(problem.retry_after.is_some());
}

#[tokio::test]
async fn of_two_phones_at_once_one_wins_and_the_other_is_told() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (process, shown) = browser.open().await;
    let (one, two) = (server.phone(), server.phone());
    let code = url::page::activation_code(&shown.link);
    let (first, second) = tokio::join!(one.claim(code), two.claim(&shown.short_code));
    let (winner, loser) = if first.status.is_success() {
        (&one, second)
    } else {
        (&two, first)
    };
    loser.refused(Code::ActivationCodeUsed);
    winner.send_keys().await.ok();
    assert_eq!(browser.process(process).await.state, ProcessState::KeysReceived);
}

#[tokio::test]
async fn every_request_of_the_phone_may_be_repeated() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let code = url::page::activation_code(&shown.link);
    let first: Claimed = phone.claim(code).await.json();
    assert_eq!(phone.claim(code).await.json::<Claimed>(), first);
    let accepted: KeysAccepted = phone.send_keys().await.json();
    assert_eq!(phone.send_keys().await.json::<KeysAccepted>(), accepted);
    browser
        .pair(process, &phone.pairing_code(code, &accepted))
        .await
        .ok();
    let receipt = phone.receipt().await;
    phone.send_receipt(&receipt).await.ok();
    phone.send_receipt(&receipt).await.ok();
    assert_eq!(browser.process(process).await.state, ProcessState::Completed);
    phone.claim(code).await.refused(Code::ActivationCodeUsed);
}

#[tokio::test]
async fn requests_that_prove_nothing_are_refused_and_the_right_ones_still_taken() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (_, shown) = browser.open().await;
    phone.claim(&shown.short_code).await.ok();
    let good = phone.keys[1].request();
    let other = Key::make(Purpose::Authentication);
    let info = protocol::request::info(&phone.keys[0].spki).unwrap();
    let by_another = protocol::request::request(&info, &other.sign(&info)).unwrap();
    let set = |request: Vec<u8>| {
        vec![
            (Purpose::Authentication, request),
            (Purpose::Signature, good.clone()),
        ]
    };
    phone
        .send_requests(&set(by_another))
        .await
        .refused(Code::KeyProofWrong);
    phone
        .send_requests(&set(b"garbage".to_vec()))
        .await
        .refused(Code::KeyRequestMalformed);
    let mut trailing = phone.keys[0].request();
    trailing.push(0);
    phone
        .send_requests(&set(trailing))
        .await
        .refused(Code::KeyRequestMalformed);
    phone.send_requests(&[]).await.refused(Code::KeySetWrong);
    phone
        .send_requests(&set(phone.keys[0].request())[..1])
        .await
        .refused(Code::KeySetWrong);
    let same_twice = [
        (Purpose::Authentication, good.clone()),
        (Purpose::Signature, good.clone()),
    ];
    phone
        .send_requests(&same_twice)
        .await
        .refused(Code::KeyUsedBefore);
    let wrong_purpose = [
        (Purpose::Encryption, phone.keys[0].request()),
        (Purpose::Signature, good.clone()),
    ];
    phone
        .send_requests(&wrong_purpose)
        .await
        .refused(Code::KeySetWrong);
    phone.send_keys().await.ok();
}

#[tokio::test]
async fn a_request_for_more_than_a_key_gets_a_key_certified_and_no_more() {
    // Made by openssl with CA:TRUE, somebody else's subject and a name of its own.
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let dir = tempfile::tempdir().unwrap();
    let mut requests = Vec::new();
    for purpose in [Purpose::Authentication, Purpose::Signature] {
        let file = dir.path().join(purpose.as_str());
        let made = std::process::Command::new("openssl")
            .args([
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-outform",
                "DER",
            ])
            .args([
                "-subj",
                "/CN=The Director",
                "-addext",
                "basicConstraints=critical,CA:TRUE",
            ])
            .args([
                "-addext",
                "subjectAltName=email:director@example.com,DNS:evil.example",
            ])
            .arg("-keyout")
            .arg(dir.path().join("key.pem"))
            .arg("-out")
            .arg(&file)
            .output()
            .expect("openssl is installed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        requests.push((purpose, std::fs::read(file).unwrap()));
    }
    let (process, shown) = browser.open().await;
    phone.claim(&shown.short_code).await.ok();
    phone.send_requests(&requests).await.ok();
    let stored = server
        .context
        .store
        .read()
        .process(process)
        .await
        .unwrap()
        .unwrap();
    let server::domain::process::Stage::KeysReceived(stage) = stored.stage else {
        panic!("{:?}", stored.stage)
    };
    browser.pair(process, stage.pairing_code().as_str()).await.ok();
    let installation = phone.enrollment().await.installation.unwrap();
    for certificate in installation.certificates {
        let der = protocol::decode(&certificate.certificate).unwrap();
        let text = String::from_utf8_lossy(&der).into_owned();
        assert!(text.contains("anna Svensson") && text.contains("anna@example.com"));
        assert!(!text.contains("Director") && !text.contains("director@") && !text.contains("evil.example"));
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
        assert!(!parsed.is_ca());
    }
}

#[tokio::test]
async fn a_key_is_certified_once_ever() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let phone = server.phone();
    enroll(&anna, &phone).await;
    let mut again = server.phone();
    again.keys = phone.keys;
    let (_, shown) = bertil.open().await;
    again.claim(&shown.short_code).await.ok();
    again.send_keys().await.refused(Code::KeyUsedBefore);
}

#[tokio::test]
async fn a_receipt_is_for_its_own_process_and_certificates_only() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let (first, second) = (server.phone(), server.phone());
    let (process, shown) = anna.open().await;
    let code = first.get_ready(&shown).await;
    let nothing = shared::api::Receipt {
        mobile_id: process,
        signature: protocol::encode(&[1; 64]),
        proofs: vec![],
    };
    first
        .send_receipt(&nothing)
        .await
        .refused(Code::ActionNotPossible);
    anna.pair(process, &code).await.ok();
    let (other, shown) = bertil.open().await;
    let code = second.get_ready(&shown).await;
    bertil.pair(other, &code).await.ok();
    let (mine, theirs) = (first.receipt().await, second.receipt().await);
    second.send_receipt(&mine).await.refused(Code::ReceiptWrong);
    let mixed = shared::api::Receipt {
        mobile_id: theirs.mobile_id,
        signature: mine.signature.clone(),
        proofs: vec![],
    };
    second.send_receipt(&mixed).await.refused(Code::ReceiptWrong);
    for signature in [
        "",
        "not base64!",
        &protocol::encode(&[0; 64]),
        &protocol::encode(&[1; 63]),
    ] {
        let wrong = shared::api::Receipt {
            mobile_id: mine.mobile_id,
            signature: signature.to_owned(),
            proofs: vec![],
        };
        first.send_receipt(&wrong).await.refused(Code::ReceiptWrong);
    }
    assert_eq!(anna.process(process).await.state, ProcessState::Confirmed);
    first.send_receipt(&mine).await.ok();
    second.send_receipt(&theirs).await.ok();
}

#[tokio::test]
async fn a_phone_that_goes_silent_leaves_nothing_half_done() {
    use shared::api::{CertificateState::Revoked, MobileIdState};
    let server = Server::start_with(|settings| settings.sign_in.session_idle = Duration::hours(2)).await;
    for (name, ending) in [
        ("claims", Ending::PhoneSilent),
        ("readies", Ending::NotConfirmedInTime),
        ("installs", Ending::ReceiptMissing),
    ] {
        let (browser, phone) = (server.user(name).await, server.phone());
        let (process, shown) = browser.open().await;
        if name == "claims" {
            phone.claim(&shown.short_code).await.ok();
        } else {
            let code = phone.get_ready(&shown).await;
            if name == "installs" {
                browser.pair(process, &code).await.ok();
            }
        }
        server.later(Duration::minutes(10));
        assert_eq!(server.sweep().await, 1, "{name}");
        let view = browser.process(process).await;
        assert_eq!(
            (view.state, view.ending),
            (ProcessState::Failed, Some(ending)),
            "{name}"
        );
        assert_eq!(phone.enrollment().await.ending, Some(ending));
        if let Some(mobile_id) = view.mobile_id {
            assert_eq!(mobile_id.summary.state, MobileIdState::Registered);
            assert_eq!(mobile_id.failure, Some(ending));
            for certificate in mobile_id.certificates {
                assert_eq!(
                    (certificate.state_in_ca, certificate.state_in_identity_manager),
                    (Revoked, Revoked)
                );
            }
            let late = shared::api::Receipt {
                mobile_id: mobile_id.summary.id,
                signature: protocol::encode(&[1; 64]),
                proofs: vec![],
            };
            phone.send_receipt(&late).await.refused(Code::ProcessEnded);
        }
    }
}

#[tokio::test]
async fn the_phone_can_decline_and_can_give_up() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    phone
        .post(device::DECLINE, json!({ "code": shown.short_code }))
        .await
        .ok();
    assert_eq!(
        browser.process(process).await.ending,
        Some(Ending::CancelledOnPhone)
    );
    phone
        .post(device::DECLINE, json!({ "code": shown.short_code }))
        .await
        .refused(Code::ActivationCancelled);
    let (process, shown) = browser.open().await;
    phone.claim(&shown.short_code).await.ok();
    server
        .phone()
        .post(device::DECLINE, json!({ "code": shown.short_code }))
        .await
        .refused(Code::ActivationCodeUsed);
    for _ in 0..2 {
        phone.post(device::CANCEL, json!({})).await.ok();
    }
    assert_eq!(
        browser.process(process).await.ending,
        Some(Ending::CancelledOnPhone)
    );
}

#[tokio::test]
async fn a_waiting_phone_is_told_at_once() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let code = phone.get_ready(&shown).await;
    let waiting = format!("{}?since=keys_received", device::ENROLLMENT);
    let asked = std::time::Instant::now();
    let (told, _) = tokio::join!(phone.get(&waiting), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        browser.pair(process, &code).await.ok()
    });
    let told: shared::api::DeviceEnrollment = told.json();
    assert_eq!(told.state, ProcessState::Confirmed);
    assert!(asked.elapsed() >= std::time::Duration::from_millis(300));
    phone
        .get(&format!("{}?since=nonsense", device::ENROLLMENT))
        .await
        .refused(Code::MalformedRequest);
}

#[tokio::test]
async fn bodies_that_are_no_requests_are_refused_by_name() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (_, shown) = browser.open().await;
    let code = shown.short_code;
    phone
        .post(device::ACTIVATION, json!({ "code": code, "extra": 1 }))
        .await
        .refused(Code::MalformedRequest);
    phone
        .post(device::ACTIVATION, json!({ "code": 1 }))
        .await
        .refused(Code::MalformedRequest);
    phone
        .post(device::ACTIVATION, json!([]))
        .await
        .refused(Code::MalformedRequest);
    let claim = |token: &str, browser: &str| json!({ "code": code, "device_token": token, "phone": { "browser": browser, "system": "Android" } });
    phone
        .post(device::CLAIM, claim("short", "Chrome"))
        .await
        .refused(Code::MalformedRequest);
    phone
        .post(device::CLAIM, claim(&phone.token, "\u{202e}Chrome"))
        .await
        .refused(Code::MalformedRequest);
    let huge = "x".repeat(10 * 1_024 * 1_024);
    phone
        .post(
            device::KEYS,
            json!({ "keys": [{ "purpose": "authentication", "request": huge }] }),
        )
        .await
        .refused(Code::BodyTooLarge);
    let plain = browser
        .client
        .post(format!("{}{}", server.base, api::SESSION))
        .body("user_name=anna");
    assert_eq!(plain.send().await.unwrap().status(), 415);
}
