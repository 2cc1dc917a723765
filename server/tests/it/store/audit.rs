//! The audit log's chain.

use super::*;

on_both_engines! {
    the_audit_chain_holds_under_many_writers
    a_record_that_was_not_committed_leaves_no_gap
}

async fn the_audit_chain_holds_under_many_writers(store: Store) {
    let writers = (0..8).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..5 {
                let transaction = store.begin().await.unwrap();
                let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("writer {n}"));
                transaction.append_audit(&record).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(40));
}

async fn a_record_that_was_not_committed_leaves_no_gap(store: Store) {
    for n in 0..6 {
        let transaction = store.begin().await.unwrap();
        for _ in 0..2 {
            let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("{n}"));
            transaction.append_audit(&record).await.unwrap();
        }
        if n % 2 == 0 {
            transaction.commit().await.unwrap();
        }
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(6));
}

/// Each remembers where the chain ended when it wrote last, and the other has written since.
#[tokio::test]
async fn the_audit_chain_holds_between_two_servers() {
    let (store, dir) = sqlite().await;
    let url = format!("sqlite:{}", dir.path().join("test.sqlite").display());
    let other = Store::open(&url).await.unwrap();
    for n in 0..6 {
        let writer = if n % 3 == 0 { &other } else { &store };
        let transaction = writer.begin().await.unwrap();
        let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("{n}"));
        transaction.append_audit(&record).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(6));
}
