//! An archive that cannot be used: what needs it is refused before it begins, the rest goes on, and nothing is used up.

use std::sync::Arc;

use shared::api::{CertificateChoice, Dashboard, KeyType, ProcessAction, ProcessView};

use super::*;

const SELECTS: &str = "userSelectsCertificates = true;\n";

/// Another server on the same data, which has no recovery key.
async fn without_archive(dir: &Arc<tempfile::TempDir>) -> Server {
    let elsewhere = dir.path().join("elsewhere");
    Server::start_in(dir.clone(), |settings| settings.archive.dir = elsewhere).await
}

async fn refused(browser: &Browser) {
    let start = serde_json::json!({ "kind": "MobileIDSelfServiceProcGet" });
    browser
        .post(api::PROCESSES, start)
        .await
        .refused(Code::ArchiveUnavailable);
    let dashboard: Dashboard = browser.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.start_refused, Some(Code::ArchiveUnavailable));
    assert_eq!(dashboard.open_process, None);
}

#[tokio::test]
async fn who_would_get_an_encryption_certificate_is_refused_and_the_others_go_on() {
    let first = server_with("").await;
    let astrid = first.signed_in("astrid").await;
    enroll(&astrid, &first.phone()).await;
    let server = without_archive(&first.dir).await;
    let anna = server.user("anna").await;
    for (choice, is_on_offer) in [
        ("required", true),
        ("default", true),
        ("optional", false),
        ("off", false),
    ] {
        let text = format!("certificates.encryption = \"{choice}\";\n{SELECTS}");
        set_options(&server, &text).await;
        if is_on_offer {
            refused(&anna).await;
            continue;
        }
        let process: ProcessView = anna.start().await;
        let offered: Vec<_> = process
            .plan
            .choices
            .iter()
            .map(|offer| (offer.purpose, offer.choice))
            .collect();
        let (required, default) = (CertificateChoice::Required, CertificateChoice::Default);
        assert_eq!(
            offered,
            [(Purpose::Authentication, required), (Purpose::Signature, default)],
            "{choice}"
        );
        let made = enroll(&anna, &server.phone()).await;
        assert_eq!(made.certificates.len(), 2);
    }
    // Somebody who has something to recover, and somebody who has not.
    set_options(&server, "recoverEncryptionCertificates = \"user selects\";").await;
    refused(&server.signed_in("astrid").await).await;
    assert!(anna.start().await.actions.contains(&ProcessAction::Next));
}

#[tokio::test]
async fn an_archive_that_goes_away_on_the_way_uses_nothing_up() {
    let first = server_with("recoverEncryptionCertificates = \"all\";").await;
    let anna = first.user("anna").await;
    enroll(&anna, &first.phone()).await;
    let (process, shown) = anna.open().await;
    let mut phone = first.phone();
    let code = phone.get_ready(&shown).await;

    let without = without_archive(&first.dir).await;
    let anna = without.signed_in("anna").await;
    for _ in 0..6 {
        anna.pair(process, &code).await.refused(Code::ArchiveUnavailable);
    }
    let waits = anna.process(process).await;
    assert_eq!(waits.state, ProcessState::KeysReceived);
    assert_eq!(waits.pairing_tries_left, Some(5));
    assert_eq!(
        (
            rows(&without, "archived_key").await,
            rows(&without, "sealed_key").await
        ),
        (1, 0)
    );
    assert_eq!(waits.mobile_id, None);
    // A wrong code is a wrong code all the same.
    let wrong = if code == "000000" { "000001" } else { "000000" };
    anna.pair(process, wrong).await.refused(Code::PairingCodeWrong);
    without.stop();

    let back = Server::start_in(first.dir.clone(), |_| {}).await;
    phone.move_to(&back);
    let anna = back.signed_in("anna").await;
    anna.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = anna.process(process).await.mobile_id.unwrap();
    assert_eq!((made.certificates.len(), made.recovered.len()), (3, 1));
    books_agree(&back).await;
}

#[tokio::test]
async fn rsa_for_clients_that_want_it() {
    let server = Server::start_with(|settings| settings.archive.key_type = KeyType::Rsa3072).await;
    options(
        &server,
        &format!("{ENCRYPTION}recoverEncryptionCertificates = \"all\";"),
    )
    .await;
    let anna = server.user("anna").await;
    let first = enroll(&anna, &server.phone()).await;
    let phone = server.phone();
    let (process, installation) = confirmed(&anna, &phone).await;
    let unwrapped = phone.unwrapped(&installation);
    assert_eq!(unwrapped.len(), 2);
    let dir = tempfile::tempdir().unwrap();
    let new = sealed_of(&installation);
    for (certificate, key) in [&new, &installation.recovered[0]].into_iter().zip(&unwrapped) {
        assert_eq!(certificate.serial, key.serial);
        assert_eq!(certificate.sealed.as_ref().unwrap().key_type, KeyType::Rsa3072);
        std::fs::write(dir.path().join("key"), &key.pkcs8).unwrap();
        let der = protocol::decode(&certificate.certificate).unwrap();
        std::fs::write(dir.path().join("certificate"), der).unwrap();
        let said = run(
            dir.path(),
            "openssl pkey -inform DER -in key -pubout -out of-key
             openssl x509 -inform DER -in certificate -noout -pubkey -out of-certificate
             cmp of-key of-certificate
             openssl x509 -inform DER -in certificate -noout -text",
        );
        assert!(
            said.contains("Key Encipherment") && said.contains("(3072 bit)"),
            "{said}"
        );
    }
    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(made.recovered[0].serial, encryption_of(&first).serial);
}
