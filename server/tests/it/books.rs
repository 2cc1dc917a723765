//! The CA's book and the identity manager's, broken on purpose and compared.

use server::use_case::check_books;
use shared::{
    api::{CertificateState, MobileId},
    url::{api, pki},
};
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use crate::{
    app::{Server, enroll},
    faults::sqlite,
};

async fn sql(server: &Server, statement: &str) {
    sqlite(&server.dir.path().join("selfservice.sqlite"), statement).await;
}

/// Checks, repairs where asked, and gives how many were different and how many were put right.
async fn check(server: &Server, repair: bool) -> (u64, u64) {
    let report = check_books::run(&server.context, repair).await.unwrap();
    assert_eq!(report.differences.len() as u64, report.different);
    (report.different, report.repaired)
}

#[tokio::test]
async fn books_that_were_made_to_differ_are_found_told_and_put_right_where_that_is_safe() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let mobile_id = enroll(&anna, &server.phone()).await;
    let [first, second] = [0, 1].map(|n: usize| mobile_id.certificates[n].serial.clone());
    assert_eq!(check(&server, true).await, (0, 0));

    // The identity manager forgets a revocation; the CA's list already names the certificate.
    sql(
        &server,
        &format!("UPDATE ca_certificate SET state = 'revoked', revoked_at = 1, revocation_reason = 1 WHERE serial = '{first}'"),
    )
    .await;
    let report = check_books::run(&server.context, false).await.unwrap();
    let told = report.differences[0].0.to_string();
    for words in [
        &*first,
        "revoked in the CA's book, valid in the identity manager's",
        "is Active",
    ] {
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(
        (report.checked, report.repaired),
        (2, 0),
        "looking changes nothing"
    );
    assert_eq!(check(&server, true).await, (1, 1));
    let states = async || {
        let seen: MobileId = anna.get(&api::mobile_id(mobile_id.summary.id)).await.ok().json();
        seen.certificates
            .into_iter()
            .map(|certificate| (certificate.state_in_ca, certificate.state_in_identity_manager))
            .collect::<Vec<_>>()
    };
    let (revoked, valid) = (CertificateState::Revoked, CertificateState::Valid);
    assert_eq!(states().await, [(revoked, revoked), (valid, valid)]);
    // A mobile ID that is active with a revoked certificate is for a person to decide.
    assert_eq!(check(&server, true).await, (1, 0));

    sql(
        &server,
        &format!("UPDATE mobile_id SET state = 'locked' WHERE id IN (SELECT mobile_id FROM certificate WHERE serial = '{second}')"),
    )
    .await;
    assert_eq!(check(&server, true).await, (1, 1), "what is locked is revoked");
    assert_eq!(states().await, [(revoked, revoked); 2]);
    assert_eq!(check(&server, true).await, (0, 0));
    let list = anna.get(pki::CRL).await.ok().body;
    let (_, list) = CertificateRevocationList::from_der(&list).unwrap();
    assert_eq!(
        list.iter_revoked_certificates().count(),
        2,
        "and the world is told"
    );
    assert!(matches!(
        server.context.store.read().verify_audit().await.unwrap(),
        server::store::Chain::Whole(_)
    ));
}

#[tokio::test]
async fn a_certificate_that_one_book_does_not_know_is_nobody_s() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let mobile_id = enroll(&anna, &server.phone()).await;
    let [first, second] = [0, 1].map(|n: usize| mobile_id.certificates[n].serial.clone());
    sql(
        &server,
        &format!("DELETE FROM certificate WHERE serial = '{first}'"),
    )
    .await;
    assert_eq!(check(&server, true).await, (1, 1), "the CA's orphan is revoked");
    let issuer = server.context.ca.newest().name();
    let orphan = server
        .context
        .store
        .read()
        .status_in_ca(issuer, &first)
        .await
        .unwrap();
    assert_eq!(orphan.map(|(state, _)| state), Some(CertificateState::Revoked));
    assert_eq!(check(&server, true).await, (0, 0));
    sql(
        &server,
        &format!("DELETE FROM ca_certificate WHERE serial = '{second}'"),
    )
    .await;
    let report = check_books::run(&server.context, true).await.unwrap();
    let told = report.differences[0].0.to_string();
    assert!(told.contains("the CA does not know it"), "{told}");
    assert_eq!((report.different, report.repaired), (1, 0));
}

#[tokio::test]
async fn more_than_a_page_is_compared() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    enroll(&anna, &server.phone()).await;
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1203) \
         INSERT INTO ca_certificate (serial, purpose, subject, issuer, not_before, not_after, state) \
         SELECT printf('4F%038d', i), 'signature', '', '', 0, 9999999999999, 'valid' FROM n";
    sql(&server, many).await;
    let report = check_books::run(&server.context, true).await.unwrap();
    assert_eq!(
        (report.checked, report.different, report.repaired),
        (1_205, 1_203, 1_203)
    );
    assert_eq!(report.differences.len(), 1_000, "the rest is counted");
    assert_eq!(check(&server, false).await, (0, 0));
}
