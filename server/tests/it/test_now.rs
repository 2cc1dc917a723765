//! "Test it now": the phone signs a challenge, and what anybody who relies on the certificates would find is told.

use reqwest::Method;
use serde_json::json;
use shared::{
    api::{
        CertificateState, CheckKind, CheckResult, DeviceMobileId, MobileId, MobileIdState, MobileIdTest,
        Purpose, TestChallenge, TestState,
    },
    problem::Code,
    protocol::{self, challenge},
    url::{api, device},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::{Answer, Browser, Phone, Server, enroll},
    faults::sqlite,
};

async fn begin(browser: &Browser, mobile_id: &MobileId) -> MobileIdTest {
    let path = api::mobile_id_test(mobile_id.summary.id);
    browser.post(&path, json!({})).await.ok().json()
}

async fn look(browser: &Browser, mobile_id: &MobileId) -> MobileIdTest {
    let path = api::mobile_id_test(mobile_id.summary.id);
    browser.get(&path).await.ok().json()
}

async fn waiting(phone: &Phone) -> TestChallenge {
    let seen: DeviceMobileId = phone.get(device::MOBILE_ID).await.ok().json();
    seen.test.expect("a test waits")
}

fn sign(phone: &Phone, mobile_id: Uuid, test: &TestChallenge) -> String {
    let challenge = protocol::decode(&test.challenge).unwrap().try_into().unwrap();
    protocol::encode(&phone.keys[0].sign(&challenge::message(test.test, mobile_id, &challenge)))
}

async fn answer(phone: &Phone, mobile_id: &MobileId, test: &TestChallenge) -> Answer {
    let signature = sign(phone, mobile_id.summary.id, test);
    let body = json!({ "test": test.test, "signature": signature });
    phone.post(device::TEST_ANSWER, body).await
}

/// Those that are not good.
fn faults(test: &MobileIdTest) -> Vec<(CheckKind, Purpose, CheckResult)> {
    test.checks
        .iter()
        .filter(|check| check.result != CheckResult::Good)
        .map(|check| (check.kind, check.certificate, check.result))
        .collect()
}

#[tokio::test]
async fn the_phone_answers_what_the_portal_began_and_everything_that_counts_is_looked_at() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let mobile_id = enroll(&browser, &phone).await;
    let path = api::mobile_id_test(mobile_id.summary.id);
    let never: Option<MobileIdTest> = browser.get(&path).await.ok().json();
    assert_eq!(never, None);

    let begun = begin(&browser, &mobile_id).await;
    assert_eq!((begun.state, begun.checks.len()), (TestState::Waiting, 0));
    assert_eq!(begin(&browser, &mobile_id).await.id, begun.id, "a double click");
    let test = waiting(&phone).await;
    assert_eq!(test.test, begun.id);
    let answered: MobileIdTest = answer(&phone, &mobile_id, &test).await.ok().json();
    assert_eq!(answered.state, TestState::Passed, "{answered:?}");
    let looked_at: Vec<_> = answered
        .checks
        .iter()
        .map(|check| (check.kind, check.certificate))
        .collect();
    let mut expected = vec![(CheckKind::Signature, Purpose::Authentication)];
    for purpose in [Purpose::Authentication, Purpose::Signature] {
        let kinds = [
            CheckKind::Chain,
            CheckKind::Validity,
            CheckKind::Ocsp,
            CheckKind::Crl,
        ];
        expected.extend(kinds.map(|kind| (kind, purpose)));
    }
    assert_eq!(looked_at, expected);
    assert_eq!(look(&browser, &mobile_id).await, answered);
    let again: MobileIdTest = answer(&phone, &mobile_id, &test).await.ok().json();
    assert_eq!(again, answered, "an answer whose answer was lost");
    let seen: DeviceMobileId = phone.get(device::MOBILE_ID).await.ok().json();
    assert_eq!((seen.state, seen.test), (MobileIdState::Active, None));

    let by_phone: TestChallenge = phone.post(device::TEST, json!({})).await.ok().json();
    assert_ne!(by_phone.test, test.test);
    answer(&phone, &mobile_id, &test).await.refused(Code::TestEnded);
    let answered: MobileIdTest = answer(&phone, &mobile_id, &by_phone).await.ok().json();
    assert_eq!(answered.state, TestState::Passed);
}

#[tokio::test]
async fn what_another_key_signed_or_another_text_is_found_out() {
    let server = Server::start().await;
    let (browser, phone, other) = (server.user("anna").await, server.phone(), server.phone());
    let mobile_id = enroll(&browser, &phone).await;
    let id = mobile_id.summary.id;
    for which in ["another key", "another mobile ID", "another test", "no signature"] {
        let test: TestChallenge = phone.post(device::TEST, json!({})).await.ok().json();
        let signature = match which {
            "another key" => sign(&other, id, &test),
            "another mobile ID" => sign(&phone, Uuid::now_v7(), &test),
            "another test" => {
                let other = TestChallenge {
                    test: Uuid::now_v7(),
                    ..test.clone()
                };
                sign(&phone, id, &other)
            }
            _ => String::new(),
        };
        let body = json!({ "test": test.test, "signature": signature });
        let found: MobileIdTest = phone.post(device::TEST_ANSWER, body).await.ok().json();
        let fault = (
            CheckKind::Signature,
            Purpose::Authentication,
            CheckResult::SignatureWrong,
        );
        assert_eq!(
            (found.state, faults(&found)),
            (TestState::Failed, vec![fault]),
            "{which}"
        );
    }
    let body = json!({ "test": Uuid::now_v7(), "signature": "%" });
    phone
        .post(device::TEST_ANSWER, body)
        .await
        .refused(Code::MalformedRequest);
}

#[tokio::test]
async fn list_and_responder_tell_of_certificates_that_count_no_more() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let mobile_id = enroll(&browser, &phone).await;
    for (state, reason, result) in [
        (CertificateState::OnHold, 6, CheckResult::OnHold),
        (CertificateState::Revoked, 1, CheckResult::Revoked),
    ] {
        let word = serde_json::to_value(state).unwrap();
        let serial = &mobile_id.certificates[1].serial;
        // One certificate of two, as nothing in the portal does it.
        let statement = format!(
            "UPDATE ca_certificate SET state = '{}', revoked_at = 1, revocation_reason = {reason} WHERE serial = '{serial}'; \
             UPDATE ca_revision SET revision = revision + 1",
            word.as_str().unwrap()
        );
        sqlite(&server.dir.path().join("selfservice.sqlite"), &statement).await;
        let test: TestChallenge = phone.post(device::TEST, json!({})).await.ok().json();
        let found: MobileIdTest = answer(&phone, &mobile_id, &test).await.ok().json();
        let expected = [CheckKind::Ocsp, CheckKind::Crl].map(|kind| (kind, Purpose::Signature, result));
        assert_eq!(faults(&found), expected, "{state:?}");
    }
}

#[tokio::test]
async fn a_test_ends_by_itself_and_nobody_elses_is_seen() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let mobile_id = enroll(&browser, &phone).await;
    begin(&browser, &mobile_id).await;
    let test = waiting(&phone).await;
    let stranger = server.user("bertil").await;
    for method in [Method::GET, Method::POST] {
        let path = api::mobile_id_test(mobile_id.summary.id);
        let body = (method == Method::POST).then(|| json!({}));
        stranger
            .send(method, &path, body.as_ref())
            .await
            .refused(Code::NotFound);
    }
    server.later(Duration::minutes(5));
    assert_eq!(look(&browser, &mobile_id).await.state, TestState::Expired);
    answer(&phone, &mobile_id, &test).await.refused(Code::TestEnded);
    let anew = begin(&browser, &mobile_id).await;
    assert_ne!(anew.id, test.test);
    let stranger = server.phone();
    for path in [device::TEST, device::TEST_ANSWER] {
        let body = json!({ "test": anew.id, "signature": "" });
        stranger.post(path, body).await.refused(Code::DeviceTokenUnknown);
    }
}

#[tokio::test]
async fn a_phone_that_waits_hears_of_a_test_at_once_and_of_nothing_before_there_is_a_mobile_id() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let code = phone.get_ready(&shown).await;
    phone.get(device::MOBILE_ID).await.refused(Code::MobileIdNotReady);
    browser.pair(process, &code).await.ok();
    phone
        .post(device::TEST, json!({}))
        .await
        .refused(Code::MobileIdNotReady);
    phone.send_receipt(&phone.receipt().await).await.ok();
    let mobile_id = browser.process(process).await.mobile_id.unwrap();

    let path = format!("{}?since=active", device::MOBILE_ID);
    let (seen, begun) = tokio::join!(phone.get(&path), async {
        // The phone's question is there first.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        begin(&browser, &mobile_id).await
    });
    let seen: DeviceMobileId = seen.ok().json();
    assert_eq!(seen.test.map(|test| test.test), Some(begun.id));
    phone
        .get(&format!("{}?since=asleep", device::MOBILE_ID))
        .await
        .refused(Code::MalformedRequest);
}

#[tokio::test]
async fn of_two_answers_at_once_one_counts_and_both_are_told_it() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let mobile_id = enroll(&browser, &phone).await;
    let test: TestChallenge = phone.post(device::TEST, json!({})).await.ok().json();
    let (one, two) = tokio::join!(
        answer(&phone, &mobile_id, &test),
        answer(&phone, &mobile_id, &test)
    );
    assert_eq!(one.ok().json::<MobileIdTest>(), two.ok().json::<MobileIdTest>());
    let seen: MobileId = browser
        .get(&api::mobile_id(mobile_id.summary.id))
        .await
        .ok()
        .json();
    let tested = seen
        .history
        .iter()
        .filter(|entry| entry.event == shared::api::Event::MobileIdTested);
    assert_eq!(tested.count(), 1);
}
