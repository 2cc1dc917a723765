//! Certificates in both books, and the lists that tell of them.

use super::*;

on_both_engines! {
    both_books_change_together
    a_list_is_published_under_its_number_once
    each_generation_has_certificates_of_its_own
    both_books_are_read_side_by_side_and_put_right_together
}

async fn both_books_change_together(store: Store) {
    let (mobile_id, certificates) = with_certificates(&store).await;
    let (book, id) = (store.read(), mobile_id.id);
    assert_eq!(book.certificates(id).await.unwrap(), certificates);
    assert_eq!(
        book.mobile_ids(mobile_id.user).await.unwrap(),
        std::slice::from_ref(&mobile_id)
    );
    let states = async || {
        let found = store.read().certificates(id).await.unwrap();
        found
            .into_iter()
            .map(|c| (c.state, c.state_in_ca))
            .collect::<Vec<_>>()
    };
    let changed = book
        .set_certificates(id, CertificateState::Issued, CertificateState::Valid)
        .await
        .unwrap();
    assert_eq!(changed, 2);
    assert_eq!(
        states().await,
        [(CertificateState::Valid, CertificateState::Valid); 2]
    );
    assert_eq!(book.revoked(BY, NOW).await.unwrap(), []);
    assert_eq!(
        book.status_in_ca(BY, "4001").await.unwrap(),
        Some((CertificateState::Valid, None))
    );
    assert_eq!(book.status_in_ca(BY, "4003").await.unwrap(), None);
    assert_eq!(
        book.ca_revision().await.unwrap(),
        0,
        "what is valid is on no list"
    );
    let reason = RevocationReason::CessationOfOperation;
    let revoke = async |purposes| book.revoke_certificates(id, purposes, reason, NOW).await.unwrap();
    assert_eq!(revoke(&[Purpose::Encryption]).await, 0, "there is none");
    assert_eq!(revoke(&Purpose::ALL).await, 2);
    assert_eq!(revoke(&Purpose::ALL).await, 0, "revoked once");
    assert_eq!(book.ca_revision().await.unwrap(), 1);
    assert_eq!(
        book.status_in_ca(BY, "4002").await.unwrap(),
        Some((CertificateState::Revoked, Some((NOW, 5))))
    );
    assert_eq!(
        states().await,
        [(CertificateState::Revoked, CertificateState::Revoked); 2]
    );
    assert_eq!(
        book.revoked(BY, NOW).await.unwrap(),
        [("4001".to_owned(), NOW, 5), ("4002".to_owned(), NOW, 5)]
    );
    assert_eq!(
        book.revoked(BY, NOW + Duration::days(731)).await.unwrap(),
        [],
        "expired ones leave the list"
    );
    let failed = mobile_id.leave_registered(Ending::ReceiptMissing);
    book.save_mobile_id(&failed).await.unwrap();
    assert_eq!(book.mobile_id(id).await.unwrap(), Some(failed));
}

async fn both_books_are_read_side_by_side_and_put_right_together(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let book = store.read();
    let issued = Some(CertificateState::Issued);
    let entries = book.books_after("", 10).await.unwrap();
    let expected = |serial: &str| Entry {
        serial: serial.into(),
        in_ca: issued,
        in_manager: issued,
        mobile_id: Some((mobile_id.id, mobile_id.state)),
        encryption: None,
    };
    assert_eq!(entries, [expected("4001"), expected("4002")]);
    assert_eq!(book.books_after("4001", 10).await.unwrap(), [expected("4002")]);
    assert_eq!(book.books_after("", 1).await.unwrap(), [expected("4001")]);
    assert_eq!(book.unknown_to_ca_after("", 10).await.unwrap(), []);
    assert_eq!(book.books_of("4004").await.unwrap(), None);
    let (revoked, reason) = (CertificateState::Revoked, RevocationReason::CessationOfOperation);
    book.put_right("4002", revoked, reason, NOW).await.unwrap();
    let entry = book.books_of("4002").await.unwrap().unwrap();
    assert_eq!((entry.in_ca, entry.in_manager), (Some(revoked), Some(revoked)));
    // What is known of a revocation stays as it was.
    book.put_right("4002", revoked, reason, NOW + Duration::days(1))
        .await
        .unwrap();
    assert_eq!(
        book.status_in_ca(BY, "4002").await.unwrap(),
        Some((revoked, Some((NOW, 5))))
    );
    assert_eq!(book.ca_revision().await.unwrap(), 2);
}

async fn a_list_is_published_under_its_number_once(store: Store) {
    let crl = |number, octet| Crl {
        number,
        revision: 3,
        this_update: NOW,
        next_update: NOW + Duration::days(1),
        der: vec![octet; 3],
    };
    let book = store.read();
    assert_eq!(book.newest_crl(1).await.unwrap(), None);
    book.add_crl(1, &crl(7, 1)).await.unwrap();
    let again = book.add_crl(2, &crl(7, 2)).await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    book.add_crl(1, &crl(8, 3)).await.unwrap();
    assert_eq!(book.newest_crl_number(1).await.unwrap(), Some(8));
    assert_eq!(book.newest_generation_to_publish().await.unwrap(), Some(1));
    book.add_crl(2, &crl(9, 4)).await.unwrap();
    book.forget_crls_before(1, 8).await.unwrap();
    book.forget_crls_before(2, 9).await.unwrap();
    assert_eq!(book.newest_crl(1).await.unwrap(), Some(crl(8, 3)));
    assert_eq!(book.newest_crl(2).await.unwrap(), Some(crl(9, 4)));
    assert_eq!(book.newest_crl_number(3).await.unwrap(), None);
    assert_eq!(book.greatest_crl_number().await.unwrap(), Some(9));
    assert_eq!(book.newest_generation_to_publish().await.unwrap(), Some(2));
    let transaction = store.begin().await.unwrap();
    assert_eq!(transaction.ca_revision_to_publish().await.unwrap(), 0);
}

async fn each_generation_has_certificates_of_its_own(store: Store) {
    let (mobile_id, certificates) = with_certificates(&store).await;
    let book = store.read();
    let by_another = Certificate {
        serial: "4003".into(),
        issuer: "CN=CA 2".into(),
        not_after: certificates[0].not_after + Duration::days(1),
        ..certificates[0].clone()
    };
    book.add_certificates(std::slice::from_ref(&by_another))
        .await
        .unwrap();
    let reason = RevocationReason::KeyCompromise;
    assert_eq!(
        book.revoke_certificates(mobile_id.id, &Purpose::ALL, reason, NOW)
            .await
            .unwrap(),
        3
    );
    let of = async |issuer| {
        let revoked = book.revoked(issuer, NOW).await.unwrap();
        revoked.into_iter().map(|(serial, ..)| serial).collect::<Vec<_>>()
    };
    assert_eq!(of(BY).await, ["4001", "4002"]);
    assert_eq!(of("CN=CA 2").await, ["4003"]);
    assert!(book.status_in_ca("CN=CA 2", "4003").await.unwrap().is_some());
    assert_eq!(book.status_in_ca(BY, "4003").await.unwrap(), None);
    for (issuer, end) in [
        (BY, Some(certificates[0].not_after)),
        ("CN=CA 2", Some(by_another.not_after)),
        ("CN=CA 3", None),
    ] {
        assert_eq!(book.last_end(issuer).await.unwrap(), end);
    }
}
