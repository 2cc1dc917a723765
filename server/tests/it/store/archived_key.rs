//! The key archive's rows.

use super::*;

on_both_engines! {
    an_archived_key_is_kept_once_and_found_by_whose_it_is
    a_key_goes_from_one_recovery_key_to_the_next_once
}

fn archived(certificate: &Certificate, user: uuid::Uuid) -> ArchivedKey {
    ArchivedKey {
        serial: certificate.serial.clone(),
        user,
        recovery_key: "recovery-1".into(),
        sealed: vec![0, 255, 7],
        archived_at: NOW,
    }
}

async fn an_archived_key_is_kept_once_and_found_by_whose_it_is(store: Store) {
    let (mobile_id, [first, second]) = with_certificates(&store).await;
    let book = store.read();
    let keys = [&first, &second].map(|certificate| archived(certificate, mobile_id.user));
    assert_eq!(book.archived_key(&first.serial).await.unwrap(), None);
    for key in &keys {
        book.add_archived_key(key).await.unwrap();
        assert!(matches!(
            book.add_archived_key(key).await,
            Err(StoreError::Duplicate(_))
        ));
        assert_eq!(book.archived_key(&key.serial).await.unwrap().as_ref(), Some(key));
    }
    assert_eq!(
        book.archived_serials_of(mobile_id.user).await.unwrap(),
        [first.serial.clone(), second.serial.clone()]
    );
    assert_eq!(book.archived_serials_of(chance::id()).await.unwrap(), [""; 0]);
    let [first_key, second_key] = keys.clone();
    let one = book.archived_keys_after("", 1).await.unwrap();
    assert_eq!(one, [(first_key, Some(first.der))]);
    let rest = book.archived_keys_after(&first.serial, 5).await.unwrap();
    assert_eq!(rest, [(second_key, Some(second.der))]);
    // Only for a certificate that the CA knows, and a user who is there.
    let unknown = ArchivedKey {
        serial: "FFFF".into(),
        ..keys[0].clone()
    };
    assert!(book.add_archived_key(&unknown).await.is_err());
}

async fn a_key_goes_from_one_recovery_key_to_the_next_once(store: Store) {
    let (mobile_id, [first, second]) = with_certificates(&store).await;
    let book = store.read();
    assert_eq!(book.recovery_keys_in_use().await.unwrap(), []);
    for certificate in [&first, &second] {
        book.add_archived_key(&archived(certificate, mobile_id.user))
            .await
            .unwrap();
    }
    let resealed = ArchivedKey {
        recovery_key: "recovery-2".into(),
        sealed: vec![1],
        ..archived(&first, mobile_id.user)
    };
    assert!(!book.replace_archived_key("recovery-0", &resealed).await.unwrap());
    assert!(book.replace_archived_key("recovery-1", &resealed).await.unwrap());
    assert!(!book.replace_archived_key("recovery-1", &resealed).await.unwrap());
    assert_eq!(book.archived_key(&first.serial).await.unwrap(), Some(resealed));
    assert_eq!(
        book.recovery_keys_in_use().await.unwrap(),
        [("recovery-1".to_owned(), 1), ("recovery-2".to_owned(), 1)]
    );
    let left = book.archived_keys_not_under("recovery-2", "", 5).await.unwrap();
    assert_eq!(left, [archived(&second, mobile_id.user)]);
    assert_eq!(
        book.archived_keys_not_under("recovery-2", &second.serial, 5)
            .await
            .unwrap(),
        []
    );
}
