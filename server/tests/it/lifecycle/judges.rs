//! What openssl and GnuTLS make of it, from the list and from the responder.

use std::path::Path;

use super::*;
use crate::pki::{asked, folder, run};

/// `openssl verify` with the newest list: whether the certificate counts.
pub(super) async fn verifies(browser: &Browser, dir: &Path, serial: &str) -> bool {
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

/// GnuTLS, which has read the same standards: chain and list by `certtool`, the responder by `ocsptool`.
#[tokio::test]
async fn another_library_says_the_same() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let dir = folder(&anna).await;
    let made = enroll(&anna, &server.phone()).await;
    let (id, serial) = (made.summary.id, &made.certificates[0].serial);
    let certificate = anna.get(&api::certificate(serial, "pem")).await.ok().body;
    std::fs::write(dir.path().join("one.pem"), certificate).unwrap();
    let chain = run(
        dir.path(),
        "cat one.pem issuing.pem > chain.pem; certtool --verify --load-ca-certificate root.pem --infile chain.pem",
    );
    assert!(chain.contains("Chain verification output: Verified"), "{chain}");
    let ocsptool = format!(
        "ocsptool --ask={}{} --load-cert one.pem --load-issuer issuing.pem",
        server.base,
        pki::OCSP
    );
    for (is_paused, status) in [(false, "good"), (true, "revoked"), (false, "good")] {
        let answer = if is_paused {
            pause(&anna, id).await
        } else {
            resume(&anna, id).await
        };
        answer.ok();
        std::fs::write(dir.path().join("crl.der"), anna.get(pki::CRL).await.ok().body).unwrap();
        let list = run(
            dir.path(),
            "openssl crl -inform DER -in crl.der -out crl.pem; \
             certtool --verify-crl --load-ca-certificate issuing.pem --infile crl.pem",
        );
        assert!(list.contains("Verification output: Verified"), "{list}");
        let listed = format!("Serial Number (hex): {}", serial.to_lowercase());
        assert_eq!(list.contains(&listed), is_paused, "{list}");
        // It asks in its own thread's time: the server must go on meanwhile.
        let (folder, ask) = (dir.path().to_owned(), ocsptool.clone());
        let said = tokio::task::spawn_blocking(move || run(&folder, &ask))
            .await
            .unwrap();
        assert!(said.contains(&format!("Certificate Status: {status}")), "{said}");
        assert!(said.contains("Verifying OCSP Response: Success"), "{said}");
    }
}

/// The whole chain, each certificate by its issuer's list.
#[tokio::test]
async fn the_whole_chain_is_checked_with_the_lists_that_are_published() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let dir = folder(&anna).await;
    let made = enroll(&anna, &server.phone()).await;
    let certificate = anna
        .get(&api::certificate(&made.certificates[0].serial, "pem"))
        .await
        .ok()
        .body;
    std::fs::write(dir.path().join("one.pem"), certificate).unwrap();
    for (is_locked, said) in [(false, "one.pem: OK"), (true, "certificate revoked")] {
        if is_locked {
            lock(&anna, made.summary.id, LockReason::Lost).await.ok();
        }
        for (path, name) in [(pki::ROOT_CRL, "root.crl"), (pki::CRL, "issuing.crl")] {
            let list = anna.get(path).await.ok();
            assert_eq!(list.headers["content-type"], "application/pkix-crl");
            std::fs::write(dir.path().join(name), list.body).unwrap();
        }
        let found = run(
            dir.path(),
            "for list in root issuing; do openssl crl -inform DER -in $list.crl -out $list.crl.pem; done; \
             cat root.crl.pem issuing.crl.pem > lists.pem; \
             openssl verify -crl_check_all -x509_strict -CAfile root.pem -untrusted issuing.pem -CRLfile lists.pem \
             one.pem 2>&1 || true",
        );
        assert!(found.contains(said), "{found}");
    }
}
