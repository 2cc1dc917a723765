//! Tests of mobile IDs.

use server::domain::mobile_id_test::{Check, Test};
use shared::api::{CheckKind, CheckResult};

use super::*;

on_both_engines! {
    a_new_test_takes_the_place_of_the_one_before
}

async fn a_new_test_takes_the_place_of_the_one_before(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let book = store.read();
    assert_eq!(book.newest_test(mobile_id.id).await.unwrap(), None);
    let first = Test::new(chance::id(), mobile_id.id, [1; 32], NOW);
    book.save_test(&first).await.unwrap();
    assert_eq!(book.newest_test(mobile_id.id).await.unwrap(), Some(first.clone()));
    let check = Check {
        kind: CheckKind::Crl,
        certificate: Purpose::Signature,
        result: CheckResult::OnHold,
    };
    let answered = first.answered(vec![check], NOW + Duration::SECOND).unwrap();
    book.save_test(&answered).await.unwrap();
    assert_eq!(book.newest_test(mobile_id.id).await.unwrap(), Some(answered));
    let second = Test::new(chance::id(), mobile_id.id, [2; 32], NOW);
    let transaction = store.begin().await.unwrap();
    transaction.save_test(&second).await.unwrap();
    let held = transaction.newest_test_to_change(mobile_id.id).await.unwrap();
    assert_eq!(held, Some(second));
}
