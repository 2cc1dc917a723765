//! Archived keys on their way to a phone, and what a phone got of earlier ones.

use server::domain::{
    archived_key::ArchivedKey,
    process::{Completed, Stage},
    recovery::{Earlier, SealedKey},
    secret::Hash,
};
use shared::api::KeyType;
use uuid::Uuid;

use super::*;

on_both_engines! {
    what_is_archived_is_on_offer_once_its_mobile_id_was_confirmed
    sealed_keys_go_in_and_out_and_away
    what_is_recovered_stays_with_the_mobile_id_that_it_was_made_for
}

async fn archive(store: &Store, user: Uuid, serial: &str) {
    let key = ArchivedKey {
        serial: serial.into(),
        user,
        recovery_key: "1".into(),
        sealed: vec![1, 2, 3],
        archived_at: NOW,
    };
    store.read().add_archived_key(&key).await.unwrap();
}

/// Another mobile ID of the same user, made that much later.
async fn another(store: &Store, of: &MobileId, later: Duration) -> MobileId {
    let another = MobileId {
        id: chance::id(),
        valid_from: of.valid_from + later,
        ..of.clone()
    };
    store.read().add_mobile_id(&another).await.unwrap();
    another
}

async fn what_is_archived_is_on_offer_once_its_mobile_id_was_confirmed(store: Store) {
    let (mobile_id, certificates) = with_certificates(&store).await;
    let book = store.read();
    let serial = &certificates[0].serial;
    // Locked though no phone confirmed it: still never of use.
    let locked = MobileId {
        state: MobileIdState::Locked,
        ..mobile_id.clone()
    };
    assert_eq!(book.recoverable(mobile_id.user).await.unwrap(), []);
    archive(&store, mobile_id.user, serial).await;
    assert_eq!(book.recoverable(mobile_id.user).await.unwrap(), []);
    book.save_mobile_id(&locked).await.unwrap();
    assert_eq!(book.recoverable(mobile_id.user).await.unwrap(), []);
    let mut process = book.process(mobile_id.process).await.unwrap().unwrap();
    process.stage = Stage::Completed(Completed {
        at: NOW,
        claim: Claim {
            device_token: Hash([8; 32]),
            pairing_key: [3; 32],
            phone: mobile_id.phone.clone(),
        },
        mobile_id: mobile_id.id,
    });
    book.save_process(&process).await.unwrap();
    let expected = [Earlier {
        serial: serial.clone(),
        not_before: certificates[0].not_before,
        not_after: certificates[0].not_after,
        state_in_ca: CertificateState::Issued,
        phone: mobile_id.phone.clone(),
        mobile_id: mobile_id.name.clone(),
    }];
    assert_eq!(book.recoverable(mobile_id.user).await.unwrap(), expected);
    assert_eq!(book.earlier_certificates([serial]).await.unwrap(), expected);
    assert_eq!(book.recoverable(chance::id()).await.unwrap(), []);
}

async fn sealed_keys_go_in_and_out_and_away(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let other = another(&store, &mobile_id, Duration::ZERO).await;
    let book = store.read();
    let sealed = |serial: &str, key_type| SealedKey {
        serial: serial.into(),
        key_type,
        encapsulated: vec![4; 65],
        ciphertext: vec![5; 154],
        challenge: vec![6; 113],
        answer: Hash([7; 32]),
    };
    let keys = [sealed("4001", KeyType::P256), sealed("4002", KeyType::Rsa3072)];
    book.add_sealed_keys(mobile_id.id, &[&keys[0], &keys[1]])
        .await
        .unwrap();
    book.add_sealed_keys(other.id, &[&keys[0]]).await.unwrap();
    let again = book.add_sealed_keys(other.id, &[&keys[0]]).await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))));
    let mut found = book.sealed_keys(mobile_id.id).await.unwrap();
    found.sort_by(|one, other| one.serial.cmp(&other.serial));
    assert_eq!(found, keys);
    book.delete_sealed_keys(mobile_id.id).await.unwrap();
    book.delete_sealed_keys(mobile_id.id).await.unwrap();
    assert_eq!(book.sealed_keys(mobile_id.id).await.unwrap(), []);
    assert_eq!(book.sealed_keys(other.id).await.unwrap().len(), 1);
}

async fn what_is_recovered_stays_with_the_mobile_id_that_it_was_made_for(store: Store) {
    let (old, certificates) = with_certificates(&store).await;
    let new = another(&store, &old, Duration::HOUR).await;
    let in_vain = another(&store, &old, Duration::HOUR * 2).await;
    let book = store.read();
    let [whole, damaged] = [0, 1].map(|n: usize| certificates[n].serial.clone());
    book.add_recovered(new.id, &[&whole], std::slice::from_ref(&damaged))
        .await
        .unwrap();
    book.add_recovered(in_vain.id, &[], std::slice::from_ref(&damaged))
        .await
        .unwrap();
    let recovered = book.recovered_certificates(new.id).await.unwrap();
    assert_eq!(recovered, certificates[..1]);
    assert_eq!(recovered[0].mobile_id, old.id);
    assert_eq!(book.count_recovered(new.id).await.unwrap(), 1);
    assert_eq!(book.not_recovered(new.id).await.unwrap(), [damaged]);
    assert_eq!(book.recovered_certificates(old.id).await.unwrap(), []);

    let reason = RevocationReason::KeyCompromise;
    assert_eq!(
        book.revoke_certificates(new.id, &Purpose::ALL, reason, NOW)
            .await
            .unwrap(),
        0
    );
    assert_eq!(book.certificates(old.id).await.unwrap(), certificates);

    let since = async |at| store.read().recoveries_since(old.user, at).await.unwrap();
    assert_eq!(
        since(NOW).await,
        [new.valid_from],
        "what was damaged alone does not count"
    );
    assert!(since(new.valid_from).await.is_empty());
    assert!(book.recoveries_since(chance::id(), NOW).await.unwrap().is_empty());
}
