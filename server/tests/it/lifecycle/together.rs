//! Clicks that come together, and windows that show what was.

use super::*;

/// The same request twice, side by side: both are answered, and it happened once.
#[tokio::test]
async fn a_double_click_does_it_once() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    let both = async |one: Answer, other: Answer, event: Event, times: usize| {
        let states = [one, other].map(|answer| answer.json::<MobileId>().summary.state);
        assert_eq!(states[0], states[1]);
        assert_eq!(records(&server, id, event).await.len(), times, "{event:?}");
    };
    for round in 1..=3 {
        let (one, other) = tokio::join!(pause(&anna, id), pause(&anna, id));
        both(one, other, Event::MobileIdPaused, round).await;
        let (one, other) = tokio::join!(resume(&anna, id), resume(&anna, id));
        both(one, other, Event::MobileIdResumed, round).await;
    }
    let (one, other) = tokio::join!(
        lock(&anna, id, LockReason::Lost),
        lock(&anna, id, LockReason::Replaced)
    );
    both(one, other, Event::MobileIdLocked, 1).await;
    let (one, other) = tokio::join!(delete(&anna, id), delete(&anna, id));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (204, 204));
    assert_eq!(records(&server, id, Event::MobileIdDeleted).await.len(), 1);
}

/// Everything at once: what comes of it is one of the orders in which it could have happened.
#[tokio::test]
async fn a_lock_wins_over_whatever_comes_with_it() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    for _ in 0..4 {
        let id = enroll(&anna, &server.phone()).await.summary.id;
        let (paused, locked, resumed) = tokio::join!(
            pause(&anna, id),
            lock(&anna, id, LockReason::Lost),
            resume(&anna, id)
        );
        locked.ok();
        for answer in [paused, resumed] {
            if !answer.status.is_success() {
                answer.refused(Code::MobileIdEnded);
            }
        }
        let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
        agree(&server, &anna, id, locked, revoked, Some(1)).await;
    }
}

#[tokio::test]
async fn another_window_that_shows_what_was_is_told() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let other = server.signed_in("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    lock(&anna, id, LockReason::Lost).await.ok();
    pause(&other, id).await.refused(Code::MobileIdEnded);
    resume(&other, id).await.refused(Code::MobileIdEnded);
    let seen: MobileId = lock(&other, id, LockReason::Damaged).await.json();
    assert_eq!(seen.lock_reason, Some(LockReason::Lost));
    delete(&anna, id).await.ok();
    delete(&other, id).await.ok();
    lock(&other, id, LockReason::Lost).await.refused(Code::NotFound);
}

/// An administrator and the user at once, again and again: neither waits for the other for ever, and what they leave is
/// in order.
#[tokio::test]
async fn an_administrator_and_the_user_at_once_leave_order() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    for _ in 0..10 {
        let (inactive, active) = (shared::api::UserState::Inactive, shared::api::UserState::Active);
        tokio::join!(server.set_state("anna", inactive), pause(&anna, id));
        assert_eq!(see(&anna, id).await.summary.state, MobileIdState::Inactive);
        let ((), resumed) = tokio::join!(server.set_state("anna", active), resume(&anna, id));
        if !resumed.status.is_success() {
            assert!(matches!(resumed.status.as_u16(), 403 | 409), "{}", resumed.text());
        }
        resume(&anna, id).await.ok();
        let (active, valid) = (MobileIdState::Active, CertificateState::Valid);
        agree(&server, &anna, id, active, valid, None).await;
    }
}
