//! Clicks that come together, and windows that show what was.

use shared::api::UserState;

use super::*;

/// Makes a test for each engine out of one function over a server.
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::app::Server::start().await).await;
            })*
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() {
                let url = crate::store::database::Database::empty().await.url;
                super::$name(crate::app::Server::start_with(|settings| settings.database_url = url).await).await;
            })*
        }
    };
}

pub(crate) use on_both_engines;

on_both_engines! {
    a_double_click_does_it_once
    a_lock_wins_over_whatever_comes_with_it
    another_window_that_shows_what_was_is_told
    an_administrator_and_the_user_at_once_leave_order
    whoever_wants_the_same_rows_waits_for_nobody_for_ever
}

/// The same request twice, side by side: both are answered, and it happened once.
async fn a_double_click_does_it_once(server: Server) {
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
async fn a_lock_wins_over_whatever_comes_with_it(server: Server) {
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

async fn another_window_that_shows_what_was_is_told(server: Server) {
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
async fn an_administrator_and_the_user_at_once_leave_order(server: Server) {
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    for _ in 0..10 {
        tokio::join!(server.set_state("anna", UserState::Inactive), pause(&anna, id));
        assert_eq!(see(&anna, id).await.summary.state, MobileIdState::Inactive);
        let ((), resumed) = tokio::join!(server.set_state("anna", UserState::Active), resume(&anna, id));
        if !resumed.status.is_success() {
            assert!(matches!(resumed.status.as_u16(), 403 | 409), "{}", resumed.text());
        }
        resume(&anna, id).await.ok();
        let (active, valid) = (MobileIdState::Active, CertificateState::Valid);
        agree(&server, &anna, id, active, valid, None).await;
    }
}

/// Several people, and everything that writes mobile IDs, books, list and log, all at once: PostgreSQL would end one of
/// two that wait for each other, and that would be an error answer.
async fn whoever_wants_the_same_rows_waits_for_nobody_for_ever(server: Server) {
    let mut people = vec![];
    for name in ["anna", "bertil", "cecilia", "david"] {
        let browser = server.user(name).await;
        let id = enroll(&browser, &server.phone()).await.summary.id;
        people.push((name, browser, id));
    }
    let act = async |(name, browser, id): &(&str, Browser, Uuid)| {
        for round in 0..6 {
            pause(browser, *id).await.ok();
            resume(browser, *id).await.ok();
            // What was issued is withdrawn, which writes the books and the log too.
            let (process, shown) = browser.open().await;
            let code = server.phone().get_ready(&shown).await;
            browser.pair(process, &code).await.ok();
            if round % 2 == 0 {
                browser.cancel(process).await.ok();
            } else {
                server.set_state(name, UserState::Inactive).await;
                server.set_state(name, UserState::Active).await;
            }
            browser.get(pki::CRL).await.ok();
        }
        lock(browser, *id, LockReason::Lost).await.ok();
    };
    let [anna, bertil, cecilia, david] = &people[..] else {
        panic!("four")
    };
    tokio::join!(act(anna), act(bertil), act(cecilia), act(david));
    for (_, browser, id) in &people {
        let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
        agree(&server, browser, *id, locked, revoked, Some(1)).await;
    }
    let chain = server.context.store.read().verify_audit().await.unwrap();
    assert!(matches!(chain, server::store::Chain::Whole(_)));
}
