//! What can happen to a mobile ID, asked for as the page does; and whether portal, both books, list and responder say
//! the same of it.

mod expiry;
mod faults;
mod judges;
mod kept;
mod killed;
mod long_pause;
mod model;
mod replace;
mod together;
mod user;

pub(crate) use together::on_both_engines;

use reqwest::Method;
use serde_json::json;
use server::{domain::audit::Record, use_case::check_books};
use shared::{
    api::{
        CertificateState, Ending, Event, LockReason, MobileId, MobileIdAction, MobileIdState,
        MobileIdSummary, PauseCause, ProcessState,
    },
    problem::Code,
    url::{api, pki},
};
use time::Duration;
use uuid::Uuid;
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use crate::app::{Answer, Browser, PASSWORD, Server, enroll};

async fn lock(browser: &Browser, id: Uuid, reason: LockReason) -> Answer {
    browser
        .post(&api::mobile_id_lock(id), json!({ "reason": reason }))
        .await
}

async fn pause(browser: &Browser, id: Uuid) -> Answer {
    browser.send(Method::POST, &api::mobile_id_pause(id), None).await
}

async fn resume(browser: &Browser, id: Uuid) -> Answer {
    browser.send(Method::POST, &api::mobile_id_resume(id), None).await
}

async fn delete(browser: &Browser, id: Uuid) -> Answer {
    browser.send(Method::DELETE, &api::mobile_id(id), None).await
}

async fn see(browser: &Browser, id: Uuid) -> MobileId {
    browser.get(&api::mobile_id(id)).await.json()
}

async fn list(browser: &Browser) -> Vec<MobileIdSummary> {
    browser.get(api::MOBILE_IDS).await.json()
}

/// A phone that waits for its pairing code to be typed, and the `registered` mobile ID once it was.
async fn registered(server: &Server, browser: &Browser) -> (Uuid, MobileId) {
    let (process, shown) = browser.open().await;
    let code = server.phone().get_ready(&shown).await;
    browser.pair(process, &code).await.ok();
    (process, browser.process(process).await.mobile_id.unwrap())
}

/// What the audit log has of a mobile ID.
async fn records(server: &Server, id: Uuid, event: Event) -> Vec<Record> {
    let book = server.context.store.read();
    let mobile_id = book.mobile_id(id).await.unwrap().unwrap();
    let mut records = book.history(id, mobile_id.process).await.unwrap();
    records.retain(|record| record.event == event && record.mobile_id == Some(id));
    records
}

/// The published list's reason numbers by serial number, upper-case hex.
async fn revoked(browser: &Browser) -> Vec<(String, u8)> {
    let der = browser.get(pki::CRL).await.ok().body;
    let (_, list) = CertificateRevocationList::from_der(&der).unwrap();
    let entry = |entry: &x509_parser::revocation_list::RevokedCertificate<'_>| {
        let serial = entry.raw_serial_as_string().replace(':', "").to_uppercase();
        (serial, entry.reason_code().map_or(0, |(_, reason)| reason.0))
    };
    list.iter_revoked_certificates().map(entry).collect()
}

/// The mobile ID in its state with both its certificates in theirs, in both books, and on the list with this reason's
/// number or not at all.
async fn agree(
    server: &Server,
    browser: &Browser,
    id: Uuid,
    state: MobileIdState,
    certificates: CertificateState,
    listed: Option<u8>,
) -> MobileId {
    let seen = see(browser, id).await;
    assert_eq!(seen.summary.state, state);
    assert_eq!(seen.certificates.len(), 2);
    let on_list = revoked(browser).await;
    for certificate in &seen.certificates {
        assert_eq!(certificate.state_in_ca, certificates);
        assert_eq!(certificate.state_in_identity_manager, certificates);
        let entry = on_list.iter().find(|(serial, _)| *serial == certificate.serial);
        assert_eq!(entry.map(|(_, reason)| *reason), listed);
    }
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!(report.different, 0, "{:?}", report.differences);
    seen
}

#[tokio::test]
async fn a_locked_one_is_revoked_for_its_reason_and_stays_locked() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    let answer: MobileId = lock(&anna, id, LockReason::Stolen).await.json();
    let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    let seen = agree(&server, &anna, id, locked, revoked, Some(1)).await;
    assert_eq!(answer, seen);
    assert_eq!(seen.lock_reason, Some(LockReason::Stolen));
    assert_eq!(seen.actions, [MobileIdAction::Delete]);
    assert_eq!(seen.history.last().unwrap().event, Event::MobileIdLocked);
    // Another window gives another reason: the first one stands.
    let again: MobileId = lock(&anna, id, LockReason::Damaged).await.json();
    assert_eq!(again, seen);
    pause(&anna, id).await.refused(Code::MobileIdEnded);
    resume(&anna, id).await.refused(Code::MobileIdEnded);
    let records = records(&server, id, Event::MobileIdLocked).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].detail, "Stolen; 2 certificates revoked, keyCompromise");
}

#[tokio::test]
async fn a_reason_that_no_person_gives_is_refused() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    for reason in [
        LockReason::DisownedByMail,
        LockReason::UserLocked,
        LockReason::PausedTooLong,
    ] {
        lock(&anna, id, reason).await.refused(Code::LockReasonWrong);
    }
    anna.post(&api::mobile_id_lock(id), json!({ "reason": "boredom" }))
        .await
        .refused(Code::MalformedRequest);
    assert_eq!(see(&anna, id).await.summary.state, MobileIdState::Active);
}

#[tokio::test]
async fn a_paused_one_is_on_hold_until_it_is_resumed() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    for _ in 0..2 {
        let (inactive, on_hold) = (MobileIdState::Inactive, CertificateState::OnHold);
        pause(&anna, id).await.ok();
        let seen = agree(&server, &anna, id, inactive, on_hold, Some(6)).await;
        assert_eq!(seen.pause_cause, Some(PauseCause::User));
        assert!(seen.summary.locks_at.is_some());
        assert!(seen.actions.contains(&MobileIdAction::Resume));
        pause(&anna, id).await.ok();
        resume(&anna, id).await.ok();
        let (active, valid) = (MobileIdState::Active, CertificateState::Valid);
        let seen = agree(&server, &anna, id, active, valid, None).await;
        assert_eq!((seen.pause_cause, seen.summary.locks_at), (None, None));
        resume(&anna, id).await.ok();
        server.later(Duration::MINUTE);
    }
    for event in [Event::MobileIdPaused, Event::MobileIdResumed] {
        assert_eq!(records(&server, id, event).await.len(), 2, "{event:?}");
    }
    pause(&anna, id).await.ok();
    lock(&anna, id, LockReason::Replaced).await.ok();
    let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    let seen = agree(&server, &anna, id, locked, revoked, Some(4)).await;
    assert_eq!(seen.pause_cause, None);
}

#[tokio::test]
async fn to_resume_takes_the_password_where_the_sign_in_is_old() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    server.later(Duration::minutes(10));
    pause(&anna, id).await.ok();
    resume(&anna, id).await.refused(Code::PasswordNeeded);
    assert_eq!(see(&anna, id).await.summary.state, MobileIdState::Inactive);
    anna.post(api::SESSION_PASSWORD, json!({ "password": PASSWORD }))
        .await
        .ok();
    resume(&anna, id).await.ok();
    // And to lock takes nothing, ever.
    server.later(Duration::minutes(10));
    lock(&anna, id, LockReason::Lost).await.ok();
}

#[tokio::test]
async fn a_deleted_one_is_gone_from_the_list_and_not_from_the_log() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let made = enroll(&anna, &server.phone()).await;
    let id = made.summary.id;
    delete(&anna, id).await.refused(Code::MobileIdInUse);
    pause(&anna, id).await.ok();
    delete(&anna, id).await.refused(Code::MobileIdInUse);
    lock(&anna, id, LockReason::NoLongerNeeded).await.ok();
    for _ in 0..2 {
        assert_eq!(delete(&anna, id).await.ok().status, 204);
    }
    assert_eq!(list(&anna).await, []);
    anna.get(&api::mobile_id(id)).await.refused(Code::NotFound);
    for answer in [
        lock(&anna, id, LockReason::Lost).await,
        pause(&anna, id).await,
        resume(&anna, id).await,
    ] {
        answer.refused(Code::NotFound);
    }
    assert_eq!(records(&server, id, Event::MobileIdDeleted).await.len(), 1);
    assert_eq!(revoked(&anna).await.len(), 2, "and the world is still told");
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!((report.checked, report.different), (2, 0));
}

#[tokio::test]
async fn one_that_no_phone_has_confirmed_is_locked_with_its_process() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let (process, shown) = anna.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    let receipt = phone.receipt().await;
    let id = anna.process(process).await.mobile_id.unwrap().summary.id;
    let seen = see(&anna, id).await;
    assert_eq!(seen.actions, [MobileIdAction::Lock]);
    pause(&anna, id).await.refused(Code::MobileIdNotReady);
    resume(&anna, id).await.refused(Code::MobileIdNotReady);
    delete(&anna, id).await.refused(Code::MobileIdInUse);
    lock(&anna, id, LockReason::Lost).await.ok();
    let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    agree(&server, &anna, id, locked, revoked, Some(1)).await;
    let view = anna.process(process).await;
    assert_eq!(
        (view.state, view.ending),
        (ProcessState::Cancelled, Some(Ending::CancelledByUser))
    );
    // The phone's receipt comes too late.
    phone.send_receipt(&receipt).await.refused(Code::ProcessEnded);
    agree(&server, &anna, id, locked, revoked, Some(1)).await;
}

#[tokio::test]
async fn one_whose_process_failed_is_deleted_as_it_is_or_locked_first() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    for is_locked in [false, true] {
        let (process, made) = registered(&server, &anna).await;
        anna.cancel(process).await.ok();
        let id = made.summary.id;
        let seen = see(&anna, id).await;
        assert_eq!(seen.actions, [MobileIdAction::Lock, MobileIdAction::Delete]);
        if is_locked {
            lock(&anna, id, LockReason::Damaged).await.ok();
        }
        delete(&anna, id).await.ok();
        // The process still tells what it made.
        assert!(anna.process(process).await.mobile_id.is_some());
    }
    assert_eq!(list(&anna).await, []);
}

#[tokio::test]
async fn somebody_else_s_is_not_there_to_be_changed() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let of_anna = enroll(&anna, &server.phone()).await.summary.id;
    for id in [of_anna, Uuid::now_v7()] {
        for answer in [
            lock(&bertil, id, LockReason::Lost).await,
            pause(&bertil, id).await,
            resume(&bertil, id).await,
            delete(&bertil, id).await,
        ] {
            answer.refused(Code::NotFound);
        }
    }
    assert_eq!(see(&anna, of_anna).await.summary.state, MobileIdState::Active);
}

#[tokio::test]
async fn without_a_limit_a_paused_one_is_never_locked() {
    let server = Server::start_with(|settings| settings.limits.lock_paused_after_days = None).await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, id).await.ok();
    assert_eq!(see(&anna, id).await.summary.locks_at, None);
}
