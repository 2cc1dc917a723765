//! Requests to recover keys: what goes in and out, and that one process has one that waits.

use server::domain::recovery_request::RecoveryRequest;
use shared::api::{ApprovalState, Decision};

use super::*;

on_both_engines! {
    a_request_goes_in_and_out_with_what_was_decided
    one_process_has_one_request_that_waits
}

fn request(user: &User, process: &Process, serial: &str, at: OffsetDateTime) -> RecoveryRequest {
    let whose = (process.id, user.id);
    RecoveryRequest::new(chance::id(), whose, &[serial.into()], at, &Limits::default())
}

async fn a_request_goes_in_and_out_with_what_was_decided(store: Store) {
    let (user, process) = with_process(&store).await;
    let (by, _) = with_process(&store).await;
    let book = store.read();
    let asked = request(&user, &process, "0A", NOW);
    book.add_recovery_request(&asked).await.unwrap();
    assert_eq!(
        book.recovery_request(asked.id).await.unwrap(),
        Some(asked.clone())
    );
    let pending = book.pending_recovery_requests(10).await.unwrap();
    assert_eq!(pending, [(asked.clone(), user.clone())]);
    assert_eq!(
        book.recovery_requests_over(asked.expires_at, 10).await.unwrap(),
        std::slice::from_ref(&asked)
    );
    let before = asked.expires_at - Duration::milliseconds(1);
    assert_eq!(book.recovery_requests_over(before, 10).await.unwrap(), []);
    let limits = Limits::default();
    let refused = asked.decide(Decision::Refuse, by.id, "Who is this? \u{e5}", NOW, &limits);
    let refused = refused.unwrap();
    book.save_recovery_request(&refused).await.unwrap();
    assert_eq!(book.pending_recovery_requests(10).await.unwrap(), []);
    assert_eq!(
        book.settled_recovery_requests(10).await.unwrap(),
        [(refused.clone(), user)]
    );
    assert_eq!(
        book.lapse_recovery_request(process.id).await.unwrap(),
        0,
        "what is decided stays so"
    );
    assert_eq!(book.recovery_requests_of(process.id).await.unwrap(), [refused]);
}

async fn one_process_has_one_request_that_waits(store: Store) {
    let (user, process) = with_process(&store).await;
    let book = store.read();
    let first = request(&user, &process, "0A", NOW);
    let second = request(&user, &process, "0B", NOW + Duration::SECOND);
    book.add_recovery_request(&first).await.unwrap();
    let refused = book.add_recovery_request(&second).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
    assert_eq!(book.lapse_recovery_request(process.id).await.unwrap(), 1);
    book.add_recovery_request(&second).await.unwrap();
    let all = book.recovery_requests_of(process.id).await.unwrap();
    let states: Vec<_> = all.iter().map(|one| (one.id, one.state)).collect();
    assert_eq!(
        states,
        [
            (second.id, ApprovalState::Pending),
            (first.id, ApprovalState::Lapsed)
        ]
    );
    assert_eq!(book.settled_recovery_requests(0).await.unwrap(), []);
    assert_eq!(book.settled_recovery_requests(1).await.unwrap().len(), 1);
}
