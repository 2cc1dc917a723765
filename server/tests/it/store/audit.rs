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
                transaction.append_audit(&record);
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
            transaction.append_audit(&record);
        }
        if n % 2 == 0 {
            transaction.commit().await.unwrap();
        }
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(6));
}

/// Each remembers where the chain ended when it wrote last, and the other has written since.
async fn the_chain_holds_between_two_servers(url: &str) {
    let (one, other) = (Store::open(url).await.unwrap(), Store::open(url).await.unwrap());
    one.migrate().await.unwrap();
    let (_, process) = with_process(&one).await;
    for n in 0..6_i64 {
        let writer = if n % 3 == 0 { &other } else { &one };
        let transaction = writer.begin().await.unwrap();
        let changed = Process {
            replaced: Some(chance::id()),
            ..process.clone()
        };
        transaction.save_choice(&changed).await.unwrap();
        for k in 0..=n {
            let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("{n}.{k}"));
            transaction.append_audit(&record);
        }
        transaction.commit().await.unwrap();
        let stored = one.read().process(process.id).await.unwrap();
        assert_eq!(
            stored,
            Some(changed),
            "what was written with the records is written once"
        );
    }
    let book = one.read();
    assert_eq!(book.verify_audit().await.unwrap(), Chain::Whole(21));
    let told = book.audit_after(0, 100).await.unwrap().into_iter();
    let told: Vec<_> = told.map(|entry| entry.record.detail).collect();
    let expected = (0..6).flat_map(|n| (0..=n).map(move |k| format!("{n}.{k}")));
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn the_chain_holds_between_two_servers_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("test.sqlite").display());
    the_chain_holds_between_two_servers(&url).await;
}

#[tokio::test]
async fn the_chain_holds_between_two_servers_on_postgresql() {
    the_chain_holds_between_two_servers(&postgres::url().await).await;
}
