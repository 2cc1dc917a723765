//! The writes that a transaction keeps back: seen by what comes after them, done all or not at all, never by halves.

use super::*;

on_both_engines! {
    a_later_question_sees_what_was_kept_back
    what_goes_wrong_comes_out_of_the_commit
    after_a_failure_nothing_is_committed
    a_row_that_is_not_there_is_no_success
    a_missing_row_is_not_taken_for_another_chain
    what_is_broken_off_is_undone_and_hinders_nobody
    many_read_at_once
    what_is_closed_stays_closed
}

fn record() -> Record {
    Record::new(NOW, Event::SignedIn, Actor::User)
}

/// One that was never added.
fn unknown(process: &Process) -> Process {
    Process {
        id: chance::id(),
        ..process.clone()
    }
}

async fn a_later_question_sees_what_was_kept_back(store: Store) {
    let (user, process) = with_process(&store).await;
    let open = process.clone().show_code(NOW, &Limits::default()).unwrap();
    let transaction = store.begin().await.unwrap();
    transaction.save_process(&open).await.unwrap();
    assert_eq!(
        transaction.open_process(user.id).await.unwrap(),
        Some(open.clone())
    );
    let mobile_id = example(&user, &open);
    transaction.add_mobile_id(&mobile_id).await.unwrap();
    let ended = open.cancel(Ending::CancelledByUser, NOW).unwrap();
    transaction.save_process(&ended).await.unwrap();
    let seen = transaction.mobile_ids(user.id).await.unwrap();
    assert_eq!(seen, std::slice::from_ref(&mobile_id));
    assert_eq!(transaction.open_process(user.id).await.unwrap(), None);
    assert_eq!(
        store.read().process(ended.id).await.unwrap(),
        Some(process),
        "nobody else sees it yet"
    );
    transaction.commit().await.unwrap();
    assert_eq!(store.read().process(ended.id).await.unwrap(), Some(ended));
    assert_eq!(store.read().mobile_ids(user.id).await.unwrap(), [mobile_id]);
}

async fn what_goes_wrong_comes_out_of_the_commit(store: Store) {
    let (user, process) = with_process(&store).await;
    let (_, other) = with_process(&store).await;
    let claimed = |process: &Process| {
        let claim = Claim {
            device_token: Hash([7; 32]),
            pairing_key: [1; 32],
            phone: "p".into(),
        };
        let open = process.clone().show_code(NOW, &Limits::default()).unwrap();
        open.claim_by(claim, NOW, &Limits::default()).unwrap()
    };
    store.read().save_process(&claimed(&other)).await.unwrap();
    let transaction = store.begin().await.unwrap();
    transaction
        .add_mobile_id(&example(&user, &process))
        .await
        .unwrap();
    transaction.save_process(&claimed(&process)).await.unwrap();
    transaction.append_audit(&record());
    let committed = transaction.commit().await;
    assert!(
        matches!(committed, Err(StoreError::Duplicate(_))),
        "{committed:?}"
    );
    assert_eq!(store.read().process(process.id).await.unwrap(), Some(process));
    assert_eq!(store.read().mobile_ids(user.id).await.unwrap(), []);
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(0));
}

async fn after_a_failure_nothing_is_committed(store: Store) {
    let (user, process) = with_process(&store).await;
    let transaction = store.begin().await.unwrap();
    let mobile_id = example(&user, &process);
    for _ in 0..2 {
        transaction.add_mobile_id(&mobile_id).await.unwrap();
    }
    let asked = transaction.mobile_ids(user.id).await;
    assert!(matches!(asked, Err(StoreError::Duplicate(_))), "{asked:?}");
    // Whoever goes on nevertheless.
    assert!(transaction.mobile_ids(user.id).await.is_err());
    assert!(transaction.save_mobile_id(&mobile_id).await.is_err());
    assert!(transaction.commit().await.is_err());
    assert_eq!(store.read().mobile_ids(user.id).await.unwrap(), []);
}

async fn a_row_that_is_not_there_is_no_success(store: Store) {
    let (user, process) = with_process(&store).await;
    let missing = example(&user, &process);
    assert!(store.read().save_mobile_id(&missing).await.is_err());
    let ended = process.clone().cancel(Ending::CancelledByUser, NOW).unwrap();
    let transaction = store.begin().await.unwrap();
    transaction.save_process(&ended).await.unwrap();
    transaction.save_mobile_id(&missing).await.unwrap();
    assert!(transaction.commit().await.is_err());
    let transaction = store.begin().await.unwrap();
    transaction.save_process(&ended).await.unwrap();
    transaction.install_certificates(missing.id, 2).await.unwrap();
    assert!(transaction.open_process(user.id).await.is_err());
    drop(transaction);
    assert_eq!(store.read().process(process.id).await.unwrap(), Some(process));
}

/// A record changes two rows, its own and the chain's head: as many as are missing here.
async fn a_missing_row_is_not_taken_for_another_chain(store: Store) {
    let (_, process) = with_process(&store).await;
    for expected in [1, 2] {
        let transaction = store.begin().await.unwrap();
        for _ in 0..2 {
            transaction.save_process(&unknown(&process)).await.unwrap();
        }
        transaction.append_audit(&record());
        assert!(transaction.commit().await.is_err());
        let transaction = store.begin().await.unwrap();
        transaction.append_audit(&record());
        transaction.commit().await.unwrap();
        assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(expected));
    }
}

/// At any of its statements, as when a browser hangs up.
async fn what_is_broken_off_is_undone_and_hinders_nobody(store: Store) {
    let (_, process) = with_process(&store).await;
    let ended = process.clone().cancel(Ending::CancelledByUser, NOW).unwrap();
    for waits in 0..12 {
        let task = tokio::spawn({
            let (store, ended) = (store.clone(), ended.clone());
            async move {
                let transaction = store.begin().await.unwrap();
                transaction.process_to_change(ended.id).await.unwrap();
                transaction.save_process(&ended).await.unwrap();
                transaction.user(ended.user).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_mins(1)).await;
                transaction.commit().await.unwrap();
            }
        });
        for _ in 0..waits {
            tokio::time::sleep(std::time::Duration::from_micros(200)).await;
        }
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        let transaction = store.begin().await.unwrap();
        let (found, _) = transaction.process_to_change(process.id).await.unwrap().unwrap();
        assert_eq!(found, process);
        transaction.append_audit(&record());
        transaction.commit().await.unwrap();
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(12));
}

async fn many_read_at_once(store: Store) {
    let (user, process) = with_process(&store).await;
    let reads = (0..64).map(|n| {
        let (store, user, process) = (store.clone(), user.clone(), process.clone());
        tokio::spawn(async move {
            let book = store.read();
            if n % 8 == 0 {
                // Whose reader goes away in the middle.
                let found = tokio::time::timeout(std::time::Duration::ZERO, book.user(user.id)).await;
                drop(found);
            }
            assert_eq!(book.user(user.id).await.unwrap(), Some(user));
            assert_eq!(book.process(process.id).await.unwrap(), Some(process));
        })
    });
    for read in reads.collect::<Vec<_>>() {
        read.await.unwrap();
    }
}

async fn what_is_closed_stays_closed(store: Store) {
    let (user, _) = with_process(&store).await;
    let transaction = store.begin().await.unwrap();
    transaction.user(user.id).await.unwrap();
    let closing = tokio::spawn(store.clone().close());
    // Who writes may read beside it until they are done.
    assert!(store.read().user(user.id).await.is_ok() || closing.is_finished());
    transaction.append_audit(&record());
    let committed = transaction.commit().await;
    closing.await.unwrap().unwrap();
    committed.unwrap();
    assert!(store.read().user(user.id).await.is_err());
    assert!(store.begin().await.is_err());
}
