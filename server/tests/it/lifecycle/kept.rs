//! What a lock makes of the encryption certificate: revoked with the others, or valid to its end.

use server::use_case::expire_mobile_ids;
use shared::api::{EncryptionFate, ProcessView, Purpose, UserState};

use super::{judges::verifies, *};
use crate::{
    encryption::{ENCRYPTION, encryption_of},
    faults::sqlite,
    mail::code::options,
    pki::{asked, folder},
};

on_both_engines! {
    the_reason_decides_where_nobody_says_otherwise
    one_that_was_on_hold_is_valid_again
    it_can_be_revoked_after_all
    who_is_locked_keeps_none_and_who_is_inactive_does
    time_ends_it_in_both_books
    what_is_replaced_keeps_it_too
}

/// Mobile IDs have an encryption certificate from now on.
async fn with_encryption(server: &Server) {
    options(server, ENCRYPTION).await;
}

/// An active mobile ID, and the serial number of its encryption certificate.
async fn enroll_with_encryption(server: &Server, browser: &Browser) -> (MobileId, String) {
    let made = enroll(browser, &server.phone()).await;
    let serial = encryption_of(&made).serial.clone();
    (made, serial)
}

async fn lock_with(browser: &Browser, id: Uuid, reason: LockReason, fate: EncryptionFate) -> MobileId {
    let body = json!({ "reason": reason, "encryption": fate });
    browser.post(&api::mobile_id_lock(id), body).await.json()
}

/// Its encryption certificate in this state, the others revoked, in both books, and the books at peace with that.
async fn stands(server: &Server, seen: &MobileId, encryption: CertificateState) {
    assert_eq!(seen.summary.state, MobileIdState::Locked);
    assert_eq!(seen.certificates.len(), 3);
    for certificate in &seen.certificates {
        let expected = match certificate.purpose {
            Purpose::Encryption => encryption,
            Purpose::Authentication | Purpose::Signature => CertificateState::Revoked,
        };
        assert_eq!(certificate.state_in_ca, expected, "{certificate:?}");
        assert_eq!(certificate.state_in_identity_manager, expected);
    }
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!(report.different, 0, "{:?}", report.differences);
}

/// The reason's number on the published list.
async fn listed(browser: &Browser, serial: &str) -> Option<u8> {
    let found = revoked(browser).await.into_iter().find(|(one, _)| one == serial);
    found.map(|(_, reason)| reason)
}

async fn the_reason_decides_where_nobody_says_otherwise(server: Server) {
    use CertificateState::{Revoked, Valid};
    let anna = server.user("anna").await;
    // Where there is none, none is kept.
    let made = enroll(&anna, &server.phone()).await.summary.id;
    lock_with(&anna, made, LockReason::Replaced, EncryptionFate::Keep).await;
    let stored = server.context.store.read().mobile_id(made).await.unwrap();
    assert!(!stored.unwrap().encryption_kept);
    with_encryption(&server).await;
    for (reason, expected, told) in [
        (LockReason::Lost, Revoked, Some(1)),
        (LockReason::Stolen, Revoked, Some(1)),
        (LockReason::Damaged, Valid, None),
        (LockReason::Replaced, Valid, None),
        (LockReason::NoLongerNeeded, Revoked, Some(5)),
    ] {
        let (made, serial) = enroll_with_encryption(&server, &anna).await;
        let seen: MobileId = lock(&anna, made.summary.id, reason).await.json();
        stands(&server, &seen, expected).await;
        assert_eq!(listed(&anna, &serial).await, told, "{reason:?}");
        let detail = &records(&server, seen.summary.id, Event::MobileIdLocked).await[0].detail;
        assert_eq!(
            detail.ends_with("; the encryption certificate stays valid"),
            expected == Valid,
            "{detail}"
        );
        // Or as they say, whatever the reason.
        for (fate, expected) in [(EncryptionFate::Keep, Valid), (EncryptionFate::Revoke, Revoked)] {
            let (made, serial) = enroll_with_encryption(&server, &anna).await;
            let seen = lock_with(&anna, made.summary.id, reason, fate).await;
            stands(&server, &seen, expected).await;
            assert_eq!(listed(&anna, &serial).await.is_some(), expected == Revoked);
        }
    }
}

async fn one_that_was_on_hold_is_valid_again(server: Server) {
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let (made, serial) = enroll_with_encryption(&server, &anna).await;
    pause(&anna, made.summary.id).await.ok();
    assert_eq!(listed(&anna, &serial).await, Some(6));
    let seen: MobileId = lock(&anna, made.summary.id, LockReason::Damaged).await.json();
    stands(&server, &seen, CertificateState::Valid).await;
    assert_eq!(listed(&anna, &serial).await, None);
    assert_eq!(revoked(&anna).await.len(), 2);
}

async fn it_can_be_revoked_after_all(server: Server) {
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let (made, serial) = enroll_with_encryption(&server, &anna).await;
    let id = made.summary.id;
    let kept: MobileId = lock(&anna, id, LockReason::Replaced).await.json();
    // Another lock that says nothing of it, or the same, changes nothing.
    let again: MobileId = lock(&anna, id, LockReason::Stolen).await.json();
    assert_eq!(again, kept);
    let again = lock_with(&anna, id, LockReason::Stolen, EncryptionFate::Keep).await;
    assert_eq!(again, kept);
    for _ in 0..2 {
        let seen = lock_with(&anna, id, LockReason::Stolen, EncryptionFate::Revoke).await;
        stands(&server, &seen, CertificateState::Revoked).await;
        assert_eq!(seen.lock_reason, Some(LockReason::Replaced));
        assert_eq!(listed(&anna, &serial).await, Some(1));
    }
    assert_eq!(records(&server, id, Event::MobileIdLocked).await.len(), 1);
    let told = records(&server, id, Event::CertificatesRevoked).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].detail.ends_with("keyCompromise"), "{}", told[0].detail);
    // It comes back for nobody.
    let seen = lock_with(&anna, id, LockReason::Replaced, EncryptionFate::Keep).await;
    stands(&server, &seen, CertificateState::Revoked).await;
}

async fn who_is_locked_keeps_none_and_who_is_inactive_does(server: Server) {
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let (first, in_list) = enroll_with_encryption(&server, &anna).await;
    let (second, deleted) = enroll_with_encryption(&server, &anna).await;
    let (working, in_use) = enroll_with_encryption(&server, &anna).await;
    for id in [first.summary.id, second.summary.id] {
        lock(&anna, id, LockReason::Replaced).await.ok();
    }
    delete(&anna, second.summary.id).await.ok();
    let states = async || {
        let mut states = vec![];
        for serial in [&in_list, &deleted, &in_use] {
            states.push(listed(&server.anonymous(), serial).await);
        }
        states
    };
    assert_eq!(states().await, [None; 3], "to delete it changes nothing");
    server.set_state("anna", UserState::Inactive).await;
    assert_eq!(states().await, [None, None, Some(6)]);
    server.set_state("anna", UserState::Active).await;
    server.set_state("anna", UserState::Locked).await;
    assert_eq!(states().await, [Some(9); 3]);
    for id in [first.summary.id, second.summary.id] {
        assert_eq!(records(&server, id, Event::CertificatesRevoked).await.len(), 1);
    }
    let locked = records(&server, working.summary.id, Event::MobileIdLocked).await;
    assert_eq!(locked.len(), 1);
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!(report.different, 0, "{:?}", report.differences);
}

async fn time_ends_it_in_both_books(server: Server) {
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let (made, _) = enroll_with_encryption(&server, &anna).await;
    let id = made.summary.id;
    lock(&anna, id, LockReason::Replaced).await.ok();
    server.later(Duration::days(728));
    assert_eq!(expire_mobile_ids::run(&server.context).await.unwrap(), 0);
    server.later(Duration::days(3));
    assert_eq!(expire_mobile_ids::run(&server.context).await.unwrap(), 1);
    assert_eq!(expire_mobile_ids::run(&server.context).await.unwrap(), 0);
    let anna = server.signed_in("anna").await;
    stands(&server, &see(&anna, id).await, CertificateState::Expired).await;
    let certificates = server.context.store.read().certificates(id).await.unwrap();
    let encryption = certificates.iter().find(|one| one.purpose == Purpose::Encryption);
    assert_eq!(encryption.unwrap().state, CertificateState::Expired);
    assert_eq!(records(&server, id, Event::MobileIdExpired).await.len(), 1);
}

async fn what_is_replaced_keeps_it_too(server: Server) {
    use CertificateState::{Revoked, Valid};
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    for (reason, fate, expected) in [
        (LockReason::Replaced, None, Valid),
        (LockReason::Lost, None, Revoked),
        (LockReason::Replaced, Some(EncryptionFate::Revoke), Revoked),
        (LockReason::Lost, Some(EncryptionFate::Keep), Valid),
    ] {
        let (made, _) = enroll_with_encryption(&server, &anna).await;
        let process = anna.start().await.id;
        let mut replace = json!({ "mobile_id": made.summary.id, "reason": reason });
        if let Some(fate) = fate {
            replace["encryption"] = json!(fate);
        }
        let next = json!({ "step": "introduction", "replace": replace });
        let view: ProcessView = anna.post(&api::process_next(process), next).await.json();
        assert_eq!(view.replaced.unwrap().id, made.summary.id);
        stands(&server, &see(&anna, made.summary.id).await, expected).await;
        anna.cancel(process).await.ok();
    }
}

#[tokio::test]
async fn openssl_trusts_a_kept_one_and_no_other() {
    let server = Server::start().await;
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let dir = folder(&anna).await;
    for fate in [EncryptionFate::Keep, EncryptionFate::Revoke] {
        let (made, serial) = enroll_with_encryption(&server, &anna).await;
        let others = made.certificates.iter().map(|one| one.serial.clone());
        let others = others.filter(|other| *other != serial);
        assert!(verifies(&anna, dir.path(), &serial).await);
        lock_with(&anna, made.summary.id, LockReason::Replaced, fate).await;
        let is_kept = fate == EncryptionFate::Keep;
        assert_eq!(verifies(&anna, dir.path(), &serial).await, is_kept);
        let said = asked(&server, dir.path(), &serial, "-sha256").await;
        assert_eq!(said.contains(": good"), is_kept, "{said}");
        for other in others {
            assert!(!verifies(&anna, dir.path(), &other).await);
            let said = asked(&server, dir.path(), &other, "-sha256").await;
            assert!(said.contains(": revoked"), "{said}");
        }
    }
}

/// Whoever makes a revoked one valid again in both books is found out: the mobile ID says that none was kept.
#[tokio::test]
async fn what_nobody_has_kept_is_put_right() {
    let server = Server::start().await;
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let (made, serial) = enroll_with_encryption(&server, &anna).await;
    let id = made.summary.id;
    lock(&anna, id, LockReason::Stolen).await.ok();
    let file = server.dir.path().join("selfservice.sqlite");
    for book in ["certificate", "ca_certificate"] {
        let valid = format!("UPDATE {book} SET state = 'valid' WHERE serial = '{serial}'");
        sqlite(&file, &valid).await;
    }
    let report = check_books::run(&server.context, true).await.unwrap();
    assert_eq!((report.different, report.repaired), (1, 1));
    stands(&server, &see(&anna, id).await, CertificateState::Revoked).await;
}

#[tokio::test]
async fn where_nobody_was_asked_it_is_revoked() {
    let server = Server::start().await;
    with_encryption(&server).await;
    let anna = server.user("anna").await;
    let (made, _) = enroll_with_encryption(&server, &anna).await;
    pause(&anna, made.summary.id).await.ok();
    server.later(Duration::days(200));
    // Mail reaches nobody here, so it is locked without having been announced.
    let locked = server::use_case::lock_long_paused::run(&server.context).await;
    assert_eq!(locked.unwrap(), 1);
    let anna = server.signed_in("anna").await;
    let seen = see(&anna, made.summary.id).await;
    assert_eq!(seen.lock_reason, Some(LockReason::PausedTooLong));
    stands(&server, &seen, CertificateState::Revoked).await;
}
