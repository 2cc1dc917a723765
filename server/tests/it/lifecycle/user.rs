//! A user's state goes with their mobile IDs.

use shared::api::UserState;

use super::*;

#[tokio::test]
async fn inactive_pauses_and_active_resumes_what_that_paused_and_no_more() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let kept = enroll(&anna, &server.phone()).await.summary.id;
    let paused = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, paused).await.ok();
    let (inactive, on_hold) = (MobileIdState::Inactive, CertificateState::OnHold);
    for _ in 0..2 {
        server.set_state("anna", UserState::Inactive).await;
        let seen = agree(&server, &anna, kept, inactive, on_hold, Some(6)).await;
        assert_eq!(seen.pause_cause, Some(PauseCause::UserInactive));
        assert_eq!(seen.actions, [MobileIdAction::Lock, MobileIdAction::Test]);
        let seen = agree(&server, &anna, paused, inactive, on_hold, Some(6)).await;
        assert_eq!(seen.pause_cause, Some(PauseCause::User));
        // Twice is as good as once.
        server.set_state("anna", UserState::Inactive).await;
        server.set_state("anna", UserState::Active).await;
        let (active, valid) = (MobileIdState::Active, CertificateState::Valid);
        agree(&server, &anna, kept, active, valid, None).await;
        agree(&server, &anna, paused, inactive, on_hold, Some(6)).await;
    }
    assert_eq!(records(&server, kept, Event::MobileIdPaused).await.len(), 2);
    assert_eq!(records(&server, kept, Event::MobileIdResumed).await.len(), 2);
    resume(&anna, paused).await.ok();
}

#[tokio::test]
async fn who_is_not_active_can_lock_and_nothing_else() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    let locked = enroll(&anna, &server.phone()).await.summary.id;
    lock(&anna, locked, LockReason::Lost).await.ok();
    server.set_state("anna", UserState::Inactive).await;
    server.later(Duration::minutes(10));
    for answer in [
        pause(&anna, id).await,
        resume(&anna, id).await,
        delete(&anna, locked).await,
    ] {
        answer.refused(Code::UserNotActive);
    }
    lock(&anna, id, LockReason::Stolen).await.ok();
    let (state, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    agree(&server, &anna, id, state, revoked, Some(1)).await;
    // Nothing that is final comes back with the user.
    server.set_state("anna", UserState::Active).await;
    agree(&server, &anna, id, state, revoked, Some(1)).await;
}

#[tokio::test]
async fn locked_locks_all_that_is_not_final() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let active = enroll(&anna, &server.phone()).await.summary.id;
    let paused = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, paused).await.ok();
    let lost = enroll(&anna, &server.phone()).await.summary.id;
    lock(&anna, lost, LockReason::Lost).await.ok();
    let (process, half) = registered(&server, &anna).await;
    server.set_state("anna", UserState::Locked).await;
    server.set_state("anna", UserState::Active).await;
    let anna = server.signed_in("anna").await;
    let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    for (id, why, number) in [
        (active, LockReason::UserLocked, 9),
        (paused, LockReason::UserLocked, 9),
        (half.summary.id, LockReason::UserLocked, 9),
        (lost, LockReason::Lost, 1),
    ] {
        let seen = agree(&server, &anna, id, locked, revoked, Some(number)).await;
        assert_eq!(seen.lock_reason, Some(why));
    }
    let view = anna.process(process).await;
    assert_eq!(
        (view.state, view.ending),
        (ProcessState::Failed, Some(Ending::UserNotActive))
    );
}

#[tokio::test]
async fn a_phone_cannot_complete_for_a_user_who_is_active_no_more() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let (process, shown) = anna.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    let receipt = phone.receipt().await;
    server.set_state("anna", UserState::Inactive).await;
    phone.send_receipt(&receipt).await.refused(Code::ProcessEnded);
    let id = anna.process(process).await.mobile_id.unwrap().summary.id;
    let (state, revoked) = (MobileIdState::Registered, CertificateState::Revoked);
    let seen = agree(&server, &anna, id, state, revoked, Some(5)).await;
    assert_eq!(seen.failure, Some(Ending::UserNotActive));
}
