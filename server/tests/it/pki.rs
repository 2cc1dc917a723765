//! The CA's public files.

use shared::url::pki;

use crate::app::{Server, enroll};

fn run(dir: &std::path::Path, check: &str) -> String {
    let run = std::process::Command::new("sh")
        .args(["-c", check])
        .current_dir(dir)
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success(), "{check}: {said}");
    said
}

#[tokio::test]
async fn the_revocation_list_names_what_was_withdrawn_and_openssl_heeds_it() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let kept = enroll(&anna, &server.phone()).await;
    let (process, shown) = bertil.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    bertil.pair(process, &code).await.ok();
    bertil.cancel(process).await.ok();
    let withdrawn = bertil.process(process).await.mobile_id.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, octets: &[u8]| std::fs::write(dir.path().join(name), octets).unwrap();
    write("root.der", &anna.get(pki::ROOT).await.ok().body);
    write("issuing.der", &anna.get(pki::ISSUING).await.ok().body);
    let crl = anna.get(pki::CRL).await.ok();
    assert_eq!(crl.headers["content-type"], "application/pkix-crl");
    write("crl.der", &crl.body);
    let said = run(
        dir.path(),
        "openssl x509 -inform DER -in root.der -out root.pem; openssl x509 -inform DER -in issuing.der -out issuing.pem; \
        openssl crl -inform DER -in crl.der -out crl.pem; openssl crl -in crl.pem -CAfile issuing.pem -noout -text",
    );
    assert!(said.contains("verify OK"), "{said}");
    for certificate in &withdrawn.certificates {
        assert!(said.contains(&certificate.serial), "{said}");
    }
    for certificate in &kept.certificates {
        assert!(!said.contains(&certificate.serial), "{said}");
    }
    assert_eq!(said.matches("Cessation Of Operation").count(), 2, "{said}");
    let pem = anna
        .get(&shared::url::api::certificate(
            &kept.certificates[0].serial,
            "pem",
        ))
        .await
        .ok();
    write("kept.pem", &pem.body);
    run(
        dir.path(),
        "openssl verify -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile crl.pem kept.pem",
    );
}
