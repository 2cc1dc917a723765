//! What openssl makes of it, from the list and from the responder.

use std::path::Path;

use super::*;
use crate::pki::{asked, folder, run};

/// `openssl verify` with the newest list: whether the certificate counts.
async fn verifies(browser: &Browser, dir: &Path, serial: &str) -> bool {
    let list = browser.get(pki::CRL).await.ok().body;
    let certificate = browser.get(&api::certificate(serial, "pem")).await.ok().body;
    std::fs::write(dir.join("crl.der"), list).unwrap();
    std::fs::write(dir.join("one.pem"), certificate).unwrap();
    let said = run(
        dir,
        "openssl crl -inform DER -in crl.der -out crl.pem && \
         openssl verify -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile crl.pem one.pem 2>&1 || true",
    );
    let is_good = said.contains("one.pem: OK");
    assert!(is_good || said.contains("certificate revoked"), "{said}");
    is_good
}

#[tokio::test]
async fn each_reason_is_told_by_list_and_responder() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let dir = folder(&anna).await;
    for (reason, told) in [
        (LockReason::Lost, "keyCompromise"),
        (LockReason::Stolen, "keyCompromise"),
        (LockReason::Damaged, "cessationOfOperation"),
        (LockReason::Replaced, "superseded"),
        (LockReason::NoLongerNeeded, "cessationOfOperation"),
    ] {
        let made = enroll(&anna, &server.phone()).await;
        let serial = &made.certificates[1].serial;
        assert!(verifies(&anna, dir.path(), serial).await);
        lock(&anna, made.summary.id, reason).await.ok();
        assert!(!verifies(&anna, dir.path(), serial).await, "{reason:?}");
        let said = asked(&server, dir.path(), serial, "-sha256").await;
        assert!(
            said.contains(": revoked") && said.contains(told),
            "{reason:?}: {said}"
        );
    }
}

#[tokio::test]
async fn a_hold_comes_and_goes() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let dir = folder(&anna).await;
    let made = enroll(&anna, &server.phone()).await;
    let serial = &made.certificates[0].serial;
    for _ in 0..2 {
        pause(&anna, made.summary.id).await.ok();
        assert!(!verifies(&anna, dir.path(), serial).await);
        let said = asked(&server, dir.path(), serial, "-sha1").await;
        assert!(
            said.contains(": revoked") && said.contains("certificateHold"),
            "{said}"
        );
        resume(&anna, made.summary.id).await.ok();
        assert!(verifies(&anna, dir.path(), serial).await);
        let said = asked(&server, dir.path(), serial, "-sha1").await;
        assert!(said.contains(": good"), "{said}");
    }
}
