//! Mobile IDs in each of their states, found when they are due, and taken by one transaction at a time.

use server::{domain::mobile_id::Announced, store::TimeEnds};
use shared::api::{LockReason, PauseCause};

use super::*;

on_both_engines! {
    every_state_goes_in_and_out_with_what_belongs_to_it
    a_deleted_one_is_there_for_those_who_know_it
    what_is_over_and_what_is_paused_is_found_page_by_page
    a_hold_is_heard_in_both_books_and_goes_without_a_trace
    what_expires_on_hold_stays_on_the_list_for_its_last_time
    one_transaction_has_it_and_another_waits
}

async fn every_state_goes_in_and_out_with_what_belongs_to_it(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let book = store.read();
    let states = [
        MobileId {
            state: MobileIdState::Inactive,
            pause_cause: Some(PauseCause::UserInactive),
            pause_end: Some(Announced {
                days_before: 14,
                at: NOW,
            }),
            ..mobile_id.clone()
        },
        MobileId {
            state: MobileIdState::Locked,
            state_since: NOW + Duration::HOUR,
            lock_reason: Some(LockReason::PausedTooLong),
            ..mobile_id.clone()
        },
        MobileId {
            failure: Some(Ending::ReceiptMissing),
            deleted_at: Some(NOW),
            ..mobile_id.clone()
        },
        mobile_id.clone(),
    ];
    for state in states {
        book.save_mobile_id(&state).await.unwrap();
        assert_eq!(book.mobile_id(mobile_id.id).await.unwrap().as_ref(), Some(&state));
        let transaction = store.begin().await.unwrap();
        let taken = transaction.mobile_id_to_change(mobile_id.id).await.unwrap();
        assert_eq!(taken, Some(state));
    }
}

async fn a_deleted_one_is_there_for_those_who_know_it(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let deleted = MobileId {
        deleted_at: Some(NOW),
        ..mobile_id.clone()
    };
    let book = store.read();
    assert_eq!(book.mobile_ids(mobile_id.user).await.unwrap().len(), 1);
    book.save_mobile_id(&deleted).await.unwrap();
    assert_eq!(book.mobile_ids(mobile_id.user).await.unwrap(), []);
    assert_eq!(book.live_mobile_ids_to_change(mobile_id.user).await.unwrap(), []);
    assert_eq!(book.mobile_id(mobile_id.id).await.unwrap(), Some(deleted));
}

async fn what_is_over_and_what_is_paused_is_found_page_by_page(store: Store) {
    use MobileIdState::{Active, Expired, Inactive, Locked, Registered};
    let (user, process) = with_process(&store).await;
    let book = store.read();
    let mut made = vec![];
    for state in [Active, Inactive, Active, Inactive, Locked, Expired, Registered] {
        let one = MobileId {
            state,
            ..example(&user, &process)
        };
        book.add_mobile_id(&one).await.unwrap();
        made.push(one);
    }
    let end = made[0].valid_until;
    assert_eq!(
        book.mobile_ids_over(TimeEnds::Working, end, None, 10)
            .await
            .unwrap(),
        []
    );
    let mut pages = vec![];
    let mut after = None;
    loop {
        let now = end + Duration::MILLISECOND;
        let page = book
            .mobile_ids_over(TimeEnds::Working, now, after, 3)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.valid_until, last.id));
        pages.push(page);
    }
    let mut expected: Vec<_> = made[..4].iter().map(|one| one.id).collect();
    expected.sort_unstable();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(
        pages.concat().iter().map(|one| one.id).collect::<Vec<_>>(),
        expected
    );
    let earlier = NOW - Duration::MILLISECOND;
    assert_eq!(book.mobile_ids_paused(earlier, None, 10).await.unwrap(), []);
    let paused = book.mobile_ids_paused(NOW, None, 1).await.unwrap();
    let rest = book
        .mobile_ids_paused(NOW, Some((NOW, paused[0].id)), 10)
        .await
        .unwrap();
    assert_eq!(paused.len() + rest.len(), 2);
    let live = book.live_mobile_ids_to_change(user.id).await.unwrap();
    assert_eq!(live.len(), 5, "all that is not final");
}

async fn states(store: &Store, id: uuid::Uuid) -> [(CertificateState, CertificateState); 2] {
    let found = store.read().certificates(id).await.unwrap();
    [0, 1].map(|n: usize| (found[n].state, found[n].state_in_ca))
}

async fn a_hold_is_heard_in_both_books_and_goes_without_a_trace(store: Store) {
    use CertificateState::{Issued, OnHold, Revoked, Valid};
    let (mobile_id, _) = with_certificates(&store).await;
    let (book, id) = (store.read(), mobile_id.id);
    assert_eq!(
        book.hold_certificates(id, NOW).await.unwrap(),
        0,
        "issued, not valid"
    );
    book.set_certificates(id, Issued, Valid).await.unwrap();
    assert_eq!(book.hold_certificates(id, NOW).await.unwrap(), 2);
    assert_eq!(states(&store, id).await, [(OnHold, OnHold); 2]);
    let status = book.status_in_ca(BY, "4001").await.unwrap();
    assert_eq!(status, Some((OnHold, Some((NOW, 6)))));
    assert_eq!(book.revoked(BY, NOW).await.unwrap().len(), 2);
    assert_eq!(book.ca_revision().await.unwrap(), 1);
    assert_eq!(book.set_certificates(id, OnHold, Valid).await.unwrap(), 2);
    let status = book.status_in_ca(BY, "4001").await.unwrap();
    assert_eq!(status, Some((Valid, None)));
    assert_eq!(book.revoked(BY, NOW).await.unwrap(), []);
    assert_eq!(book.ca_revision().await.unwrap(), 2);
    // On hold, and then for good: the later reason and time count.
    let later = NOW + Duration::HOUR;
    book.hold_certificates(id, NOW).await.unwrap();
    let reason = RevocationReason::Superseded;
    assert_eq!(
        book.revoke_certificates(id, &Purpose::ALL, reason, later)
            .await
            .unwrap(),
        2
    );
    let status = book.status_in_ca(BY, "4002").await.unwrap();
    assert_eq!(status, Some((Revoked, Some((later, 4)))));
    assert_eq!(
        book.hold_certificates(id, later).await.unwrap(),
        0,
        "revoked is final"
    );
}

async fn what_expires_on_hold_stays_on_the_list_for_its_last_time(store: Store) {
    use CertificateState::{Expired, Issued, Valid};
    let (mobile_id, certificates) = with_certificates(&store).await;
    let (book, id, end) = (store.read(), mobile_id.id, certificates[0].not_after);
    book.set_certificates(id, Issued, Valid).await.unwrap();
    book.hold_certificates(id, NOW).await.unwrap();
    let revision = book.ca_revision().await.unwrap();
    assert_eq!(book.expire_certificates(id).await.unwrap(), 2);
    assert_eq!(book.expire_certificates(id).await.unwrap(), 0);
    assert_eq!(states(&store, id).await, [(Expired, Expired); 2]);
    assert_eq!(book.ca_revision().await.unwrap(), revision);
    assert_eq!(book.revoked(BY, end).await.unwrap().len(), 2);
    let later = end + Duration::MILLISECOND;
    assert_eq!(book.revoked(BY, later).await.unwrap(), []);
    assert_eq!(book.set_certificates(id, Valid, Issued).await.unwrap(), 0);
}

async fn one_transaction_has_it_and_another_waits(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let id = mobile_id.id;
    let first = store.begin().await.unwrap();
    let taken = first.mobile_id_to_change(id).await.unwrap().unwrap();
    let other = tokio::spawn({
        let store = store.clone();
        async move {
            let second = store.begin().await.unwrap();
            second.mobile_id_to_change(id).await.unwrap().unwrap()
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!other.is_finished());
    let active = taken.activate(NOW).unwrap();
    first.save_mobile_id(&active).await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(other.await.unwrap(), active, "what the first one left");
}
