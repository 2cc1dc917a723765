//! Time ends mobile IDs, without a person.

use server::use_case::expire_mobile_ids;

use super::*;

async fn expire(server: &Server) -> usize {
    expire_mobile_ids::run(&server.context).await.unwrap()
}

/// Just after the end of what is enrolled now.
const LIFETIME: Duration = Duration::days(731);

#[tokio::test]
async fn both_books_and_the_mobile_id_expire_when_their_time_is_over() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let active = enroll(&anna, &server.phone()).await;
    let paused = enroll(&anna, &server.phone()).await.summary.id;
    let locked = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, paused).await.ok();
    lock(&anna, locked, LockReason::Damaged).await.ok();
    assert_eq!(revoked(&anna).await.len(), 4);
    server.later(LIFETIME - Duration::days(3));
    assert_eq!(expire(&server).await, 0);
    server.later(Duration::days(3));
    let anna = server.signed_in("anna").await;
    // The page says so before anybody has written it down.
    let before = see(&anna, active.summary.id).await;
    assert_eq!(before.summary.state, MobileIdState::Expired);
    assert_eq!(before.summary.state_since, active.summary.valid_until);
    pause(&anna, active.summary.id).await.refused(Code::MobileIdEnded);
    assert_eq!(expire(&server).await, 2);
    assert_eq!(expire(&server).await, 0);
    for id in [active.summary.id, paused] {
        let seen = see(&anna, id).await;
        assert_eq!(seen.summary.state, MobileIdState::Expired);
        assert_eq!(seen.summary.state_since, seen.summary.valid_until);
        assert_eq!(seen.actions, [MobileIdAction::Delete]);
        assert_eq!(records(&server, id, Event::MobileIdExpired).await.len(), 1);
        let book = server.context.store.read();
        for certificate in book.certificates(id).await.unwrap() {
            assert_eq!(certificate.state, CertificateState::Expired);
            assert_eq!(certificate.state_in_ca, CertificateState::Expired);
        }
        lock(&anna, id, LockReason::Lost)
            .await
            .refused(Code::MobileIdEnded);
    }
    assert_eq!(see(&anna, locked).await.summary.state, MobileIdState::Locked);
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!(report.different, 0, "{:?}", report.differences);
}

/// RFC 5280, section 3.3: what was on a list leaves it after it stood on one that was made after its end.
#[tokio::test]
async fn what_was_on_hold_leaves_the_list_after_one_list_more() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, id).await.ok();
    server.later(LIFETIME - Duration::days(2));
    assert_eq!(revoked(&anna).await.len(), 2);
    server.later(Duration::days(2));
    assert_eq!(expire(&server).await, 1);
    assert_eq!(revoked(&anna).await, revoked(&anna).await);
    assert_eq!(revoked(&anna).await.len(), 2, "on the first list after its end");
    server.later(Duration::days(1));
    assert_eq!(revoked(&anna).await, [], "and on no other");
}

#[tokio::test]
async fn one_that_is_over_can_be_deleted_before_anybody_wrote_that_down() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    server.later(LIFETIME);
    let anna = server.signed_in("anna").await;
    delete(&anna, id).await.ok();
    assert_eq!(expire(&server).await, 0);
    for event in [Event::MobileIdExpired, Event::MobileIdDeleted] {
        assert_eq!(records(&server, id, event).await.len(), 1, "{event:?}");
    }
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!(report.different, 0, "{:?}", report.differences);
}
