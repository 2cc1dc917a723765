//! The database goes in the middle of things, and comes back.

use server::use_case::{expire_mobile_ids, lock_long_paused};

use super::*;
use crate::store::database::Database;

#[tokio::test]
async fn without_its_database_nothing_is_half_done_and_after_it_all_goes_on() {
    let database = Database::empty().await;
    let url = database.url.clone();
    let server = Server::start_with(|settings| settings.database_url = url).await;
    let anna = server.user("anna").await;
    let (active, valid) = (MobileIdState::Active, CertificateState::Valid);
    let one = enroll(&anna, &server.phone()).await.summary.id;
    let paused = enroll(&anna, &server.phone()).await.summary.id;
    let locked = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, paused).await.ok();
    lock(&anna, locked, LockReason::Lost).await.ok();
    database.take_away();
    for answer in [
        lock(&anna, one, LockReason::Stolen).await,
        pause(&anna, one).await,
        resume(&anna, paused).await,
        delete(&anna, locked).await,
    ] {
        assert_eq!(answer.headers["retry-after"], "5");
        answer.refused(Code::Unavailable);
    }
    expire_mobile_ids::run(&server.context).await.unwrap_err();
    lock_long_paused::run(&server.context).await.unwrap_err();
    database.give_back();
    // A connection that was used a moment ago is not asked whether it is still there: each of the sixteen may cost one
    // more answer.
    for _ in 0..16 {
        let answer = anna.get(&api::mobile_id(one)).await;
        if !answer.status.is_success() {
            answer.refused(Code::Unavailable);
        }
    }
    agree(&server, &anna, one, active, valid, None).await;
    let (inactive, on_hold) = (MobileIdState::Inactive, CertificateState::OnHold);
    agree(&server, &anna, paused, inactive, on_hold, Some(6)).await;
    resume(&anna, paused).await.ok();
    agree(&server, &anna, paused, active, valid, None).await;
    pause(&anna, one).await.ok();
    agree(&server, &anna, one, inactive, on_hold, Some(6)).await;
    lock(&anna, one, LockReason::Stolen).await.ok();
    delete(&anna, locked).await.ok();
    assert_eq!(list(&anna).await.len(), 2);
    let chain = server.context.store.read().verify_audit().await.unwrap();
    assert!(matches!(chain, server::store::Chain::Whole(_)));
}

/// It goes while requests are under way: each has happened whole, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn cut_off_in_the_middle_both_books_agree() {
    let database = Database::empty().await;
    let url = database.url.clone();
    let server = Server::start_with(|settings| settings.database_url = url).await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    for round in 0..8_u64 {
        let user = anna.clone();
        let clicks = tokio::spawn(async move {
            for _ in 0..20 {
                for answer in [pause(&user, id).await, resume(&user, id).await] {
                    if !answer.status.is_success() {
                        answer.refused(Code::Unavailable);
                    }
                }
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(20 + round * 13)).await;
        tokio::task::block_in_place(|| {
            database.take_away();
            database.give_back();
        });
        clicks.await.unwrap();
        let seen = see(&anna, id).await;
        let (certificates, listed) = match seen.summary.state {
            MobileIdState::Active => (CertificateState::Valid, None),
            MobileIdState::Inactive => (CertificateState::OnHold, Some(6)),
            state => panic!("{state:?}"),
        };
        agree(&server, &anna, id, seen.summary.state, certificates, listed).await;
    }
    let chain = server.context.store.read().verify_audit().await.unwrap();
    assert!(matches!(chain, server::store::Chain::Whole(_)));
}
