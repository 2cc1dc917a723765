//! Earlier encryption keys, recovered to a new phone: who chooses, what the phone gets, and what stays as it was.

mod approved;
mod faults;
mod together;

use serde_json::{Value, json};
use shared::{
    api::{
        CertificateState, Event, Installation, LockReason, MobileId, MobileIdState, MobileIdTest,
        ProcessView, Purpose, Recovery, RecoveryView, ShownCode, TestState,
    },
    problem::Code,
    protocol::{self, challenge},
    url::{api, device},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::{Answer, Browser, PASSWORD, Server, enroll},
    encryption::{
        ENCRYPTION, books_agree, confirmed, database, encryption_of, records, rows, server_with, set_options,
    },
    faults::sqlite,
};

const SELECTS: &str = "recoverEncryptionCertificates = \"user selects\";";
const ALL: &str = "recoverEncryptionCertificates = \"all\";";
const NEWEST: &str = "recoverEncryptionCertificates = \"newest\";";

/// Mobile IDs with an encryption certificate each, the oldest first. Nothing is recovered with them: who has nothing
/// yet to recover under `all` or `newest` recovers it with the second already.
async fn earlier(server: &Server, browser: &Browser, count: usize) -> Vec<MobileId> {
    let mut made = Vec::with_capacity(count);
    for _ in 0..count {
        made.push(get(server, browser, Some(&json!([]))).await);
    }
    made
}

/// The whole journey, with this choice where one is made.
async fn get(server: &Server, browser: &Browser, recover: Option<&Value>) -> MobileId {
    let phone = server.phone();
    let (process, shown) = open(browser, recover).await;
    let code = phone.get_ready(&shown).await;
    browser.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    browser.process(process).await.mobile_id.unwrap()
}

async fn next(browser: &Browser, process: Uuid, recover: Option<&Value>) -> Answer {
    let mut body = json!({ "step": "introduction" });
    if let Some(recover) = recover {
        body["recover"] = recover.clone();
    }
    browser.post(&api::process_next(process), body).await
}

async fn open(browser: &Browser, recover: Option<&Value>) -> (Uuid, ShownCode) {
    let process = browser.start().await.id;
    let view: ProcessView = next(browser, process, recover).await.json();
    (process, view.activation.unwrap().code.unwrap())
}

fn serial(mobile_id: &MobileId) -> String {
    encryption_of(mobile_id).serial.clone()
}

fn recovered(mobile_id: &MobileId) -> Vec<&str> {
    mobile_id
        .recovered
        .iter()
        .map(|certificate| &*certificate.serial)
        .collect()
}

async fn lock(browser: &Browser, mobile_id: &MobileId, reason: LockReason) -> MobileId {
    let path = api::mobile_id_lock(mobile_id.summary.id);
    let body = json!({ "reason": reason, "encryption": "revoke" });
    browser.post(&path, body).await.json()
}

#[tokio::test]
async fn a_user_selects_and_the_new_phone_gets_what_was_selected_and_no_more() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    assert_eq!(anna.start().await.recovery, None, "there is nothing yet");
    let made = earlier(&server, &anna, 3).await;
    lock(&anna, &made[0], LockReason::Lost).await;
    let [first, second, third] = [0, 1, 2].map(|n: usize| serial(&made[n]));

    let started = anna.start().await;
    let view: RecoveryView = started.recovery.unwrap();
    assert_eq!((view.mode, view.needs_approval), (Recovery::UserSelects, false));
    assert_eq!(view.chosen, [third.clone(), second.clone(), first.clone()]);
    let shown: Vec<_> = view.earlier.iter().map(|one| (&*one.serial, one.state)).collect();
    let valid = CertificateState::Valid;
    assert_eq!(
        shown,
        [
            (&*third, valid),
            (&*second, valid),
            (&*first, CertificateState::Revoked)
        ]
    );
    let newest = &view.earlier[0];
    assert_eq!(newest.phone, "Pixel 8, Chrome on Android");
    assert_eq!(newest.mobile_id, "MobileID anna Svensson");
    assert_eq!(newest.not_after, encryption_of(&made[2]).not_after);

    let wished = json!([first, third]);
    let (process, shown) = open(&anna, Some(&wished)).await;
    let view = anna.process(process).await.recovery.unwrap();
    assert_eq!(view.chosen, [third.clone(), first.clone()]);
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    let installation: Installation = phone.enrollment().await.installation.unwrap();
    let order: Vec<_> = installation.recovered.iter().map(|one| &*one.serial).collect();
    assert_eq!(order, [&*third, &first]);
    assert_eq!(phone.unwrapped(&installation).len(), 3, "and the new one");
    phone.send_receipt(&phone.receipt().await).await.ok();

    let new = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(recovered(&new), [&*third, &first]);
    let states = new
        .recovered
        .iter()
        .map(|one| (one.state_in_ca, one.state_in_identity_manager));
    let revoked = CertificateState::Revoked;
    assert_eq!(states.collect::<Vec<_>>(), [(valid, valid), (revoked, revoked)]);
    assert_eq!(new.not_recovered, [""; 0]);
    assert_eq!(
        records(&server, new.summary.id, Event::KeyRecovered).await.len(),
        2
    );
    let later = phone.enrollment().await.installation.unwrap();
    assert!(later.recovered.iter().all(|one| one.sealed.is_none()) && later.recovered.len() == 2);
    books_agree(&server).await;
}

#[tokio::test]
async fn each_mode_recovers_its_own_and_takes_no_other_choice() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    let made = earlier(&server, &anna, 3).await;
    let serials: Vec<_> = made.iter().rev().map(serial).collect();
    let newest = &serials[..1];
    for (options, expected, wrong) in [
        (ALL, &*serials, vec![json!([]), json!(newest), json!(["4F"])]),
        (
            NEWEST,
            newest,
            vec![json!([]), json!(serials), json!([serials[1]])],
        ),
        (SELECTS, &serials, vec![json!(["4F"]), json!([serials[0], "4F"])]),
        ("", &[], vec![json!(newest)]),
    ] {
        set_options(&server, &format!("{ENCRYPTION}{options}")).await;
        let process = anna.start().await;
        let chosen = process.recovery.map(|view| view.chosen).unwrap_or_default();
        assert_eq!(chosen, expected, "{options}");
        for wish in wrong {
            next(&anna, process.id, Some(&wish))
                .await
                .refused(Code::RecoveryChoiceWrong);
        }
        let view: ProcessView = next(&anna, process.id, None).await.json();
        let phone = server.phone();
        let code = phone.get_ready(&view.activation.unwrap().code.unwrap()).await;
        anna.pair(process.id, &code).await.ok();
        let installation = phone.enrollment().await.installation.unwrap();
        let got: Vec<_> = installation
            .recovered
            .iter()
            .map(|one| one.serial.clone())
            .collect();
        assert_eq!(got, expected, "{options}");
        assert_eq!(phone.unwrapped(&installation).len(), expected.len() + 1);
        anna.cancel(process.id).await.ok();
    }
    // What no phone ever confirmed is nobody's to read, and the four that were withdrawn just now are on no offer.
    set_options(&server, &format!("{ENCRYPTION}{ALL}")).await;
    let offered = anna.start().await.recovery.unwrap().earlier;
    assert_eq!(offered.len(), 3);
}

/// Nothing new to be archived, and all the same old keys for the phone.
#[tokio::test]
async fn keys_are_recovered_to_a_phone_that_gets_no_new_encryption_certificate() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    let made = earlier(&server, &anna, 1).await;
    set_options(&server, &format!("certificates.encryption = \"off\"; {ALL}")).await;
    let new = get(&server, &anna, None).await;
    assert_eq!(new.certificates.len(), 2);
    assert_eq!(recovered(&new), [serial(&made[0])]);
    assert_eq!(rows(&server, "archived_key").await, 1);
}

#[tokio::test]
async fn what_is_recovered_belongs_to_the_mobile_id_that_it_was_made_for() {
    let server = server_with(ALL).await;
    let anna = server.user("anna").await;
    let old = enroll(&anna, &server.phone()).await;
    let new = enroll(&anna, &server.phone()).await;
    let of_old = serial(&old);
    assert_eq!(recovered(&new), [&*of_old]);
    // Downloaded by whose it is, and nobody else.
    let path = api::certificate(&of_old, "pem");
    anna.get(&path).await.ok();
    server
        .user("bertil")
        .await
        .get(&path)
        .await
        .refused(Code::NotFound);

    let path = api::mobile_id_pause(new.summary.id);
    anna.post(&path, json!({})).await.ok();
    let old_now = async || -> MobileId { anna.get(&api::mobile_id(old.summary.id)).await.json() };
    assert_eq!(
        encryption_of(&old_now().await).state_in_ca,
        CertificateState::Valid
    );
    let locked = lock(&anna, &new, LockReason::Stolen).await;
    assert_eq!(encryption_of(&locked).state_in_ca, CertificateState::Revoked);
    assert_eq!(locked.recovered[0].state_in_ca, CertificateState::Valid);
    let old_now = old_now().await;
    assert_eq!(old_now.summary.state, MobileIdState::Active);
    for state in [
        encryption_of(&old_now).state_in_ca,
        encryption_of(&old_now).state_in_identity_manager,
    ] {
        assert_eq!(state, CertificateState::Valid);
    }
    books_agree(&server).await;
}

#[tokio::test]
async fn a_test_looks_at_the_new_encryption_certificate_and_not_at_recovered_ones() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    let old = earlier(&server, &anna, 1).await;
    lock(&anna, &old[0], LockReason::Lost).await;
    let phone = server.phone();
    let new = enroll(&anna, &phone).await;
    assert_eq!(new.recovered.len(), 1);
    let path = api::mobile_id_test(new.summary.id);
    let begun: MobileIdTest = anna.post(&path, json!({})).await.json();
    let seen: shared::api::DeviceMobileId = phone.get(device::MOBILE_ID).await.json();
    let octets = protocol::decode(&seen.test.unwrap().challenge)
        .unwrap()
        .try_into()
        .unwrap();
    let message = challenge::message(begun.id, new.summary.id, &octets);
    let body = json!({ "test": begun.id, "signature": protocol::encode(&phone.keys[0].sign(&message)) });
    let answered: MobileIdTest = phone.post(device::TEST_ANSWER, body).await.json();
    assert_eq!(answered.state, TestState::Passed, "{answered:?}");
    let of_encryption = answered
        .checks
        .iter()
        .filter(|check| check.certificate == Purpose::Encryption);
    assert_eq!(of_encryption.count(), 4);
}

#[tokio::test]
async fn fifty_earlier_certificates_come_with_one() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    let made = earlier(&server, &anna, 50).await;
    let phone = server.phone();
    let (process, installation) = confirmed(&anna, &phone).await;
    assert_eq!(installation.recovered.len(), 50);
    assert_eq!(phone.unwrapped(&installation).len(), 51);
    phone.send_receipt(&phone.receipt().await).await.ok();
    let new = anna.process(process).await.mobile_id.unwrap();
    let expected: Vec<_> = made.iter().rev().map(serial).collect();
    assert_eq!(recovered(&new), expected);
    assert_eq!(rows(&server, "sealed_key").await, 0);
    books_agree(&server).await;
}

#[tokio::test]
async fn one_user_s_keys_are_on_no_other_user_s_offer() {
    let server = server_with(SELECTS).await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let made = earlier(&server, &anna, 1).await;
    let process = bertil.start().await;
    assert_eq!(process.recovery, None);
    let wish = json!([serial(&made[0])]);
    next(&bertil, process.id, Some(&wish))
        .await
        .refused(Code::RecoveryChoiceWrong);
}

/// Also where the process was begun, and the choice made, with a sign-in that was fresh then.
#[tokio::test]
async fn to_recover_takes_a_password_typed_within_five_minutes() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    let made = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    server.later(Duration::minutes(6));
    for wish in [None, Some(json!([serial(&made[0])])), Some(json!([]))] {
        next(&anna, process, wish.as_ref())
            .await
            .refused(Code::PasswordNeeded);
    }
    for path in [api::process_code(process), api::process_mail(process)] {
        anna.post(&path, json!({})).await.refused(Code::ActionNotPossible);
    }
    assert!(anna.process(process).await.password_needed);
    anna.post(api::SESSION_PASSWORD, json!({ "password": PASSWORD }))
        .await
        .ok();
    let view: ProcessView = next(&anna, process, None).await.json();
    assert!(view.activation.is_some());
}

/// Whoever comes to an open session after its user has left leads no keys to a phone of theirs.
#[tokio::test]
async fn a_new_code_for_a_recovery_takes_the_password_too_and_one_without_does_not() {
    let server = server_with(SELECTS).await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    earlier(&server, &anna, 1).await;
    let (recovering, other) = (anna.start().await.id, bertil.start().await.id);
    for (browser, process) in [(&anna, recovering), (&bertil, other)] {
        next(browser, process, None).await.ok();
        assert!(!browser.process(process).await.password_needed);
    }
    server.later(Duration::minutes(6));
    assert!(anna.process(recovering).await.password_needed);
    assert!(!bertil.process(other).await.password_needed);
    bertil.post(&api::process_code(other), json!({})).await.ok();
    for path in [api::process_code(recovering), api::process_mail(recovering)] {
        anna.post(&path, json!({})).await.refused(Code::PasswordNeeded);
    }
    anna.post(api::SESSION_PASSWORD, json!({ "password": PASSWORD }))
        .await
        .ok();
    let view: ProcessView = anna.post(&api::process_code(recovering), json!({})).await.json();
    assert!(view.activation.unwrap().code.is_some());
}

#[tokio::test]
async fn five_processes_a_day_recover_and_a_sixth_waits() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    earlier(&server, &anna, 1).await;
    for _ in 0..4 {
        get(&server, &anna, None).await;
    }
    // One that ended before its keys were sealed does not count, one that failed after does.
    let (process, _) = open(&anna, None).await;
    anna.cancel(process).await.ok();
    let (process, _) = confirmed(&anna, &server.phone()).await;
    anna.cancel(process).await.ok();
    let process = anna.start().await.id;
    let problem = next(&anna, process, None).await.refused(Code::TooManyAttempts);
    let wait = problem.retry_after.unwrap();
    assert!((86_000..=86_401).contains(&wait), "{wait}");
    // Somebody else is not concerned, nor is who recovers nothing.
    let bertil = server.user("bertil").await;
    earlier(&server, &bertil, 1).await;
    get(&server, &bertil, None).await;
    let view: ProcessView = next(&anna, process, Some(&json!([]))).await.json();
    assert!(view.activation.is_some());
    anna.cancel(process).await.ok();

    // A restart forgives nothing; a day does.
    let server = Server::start_in(server.dir.clone(), |_| {}).await;
    let anna = server.signed_in("anna").await;
    let process = anna.start().await.id;
    next(&anna, process, None).await.refused(Code::TooManyAttempts);
    anna.cancel(process).await.ok();
    server.later(Duration::seconds(i64::try_from(wait).unwrap() + 2));
    let anna = server.signed_in("anna").await;
    assert!(!get(&server, &anna, None).await.recovered.is_empty());
}

#[tokio::test]
async fn a_process_from_before_there_was_recovery_goes_on() {
    let server = server_with(ALL).await;
    set_options(&server, "certificates.encryption = \"off\";").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = anna.open().await;
    sqlite(
        &database(&server),
        "UPDATE process SET plan = json_remove(plan, '$.recovery')",
    )
    .await;
    let code = phone.get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let view = anna.process(process).await;
    assert_eq!(view.recovery, None);
    assert_eq!(view.mobile_id.unwrap().certificates.len(), 2);
}
