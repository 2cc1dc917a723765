//! The menu Mobile ID and the certificates behind it.

use shared::{
    api::{MobileIdState, MobileIdSummary},
    problem::Code,
    url::{api, pki},
};
use uuid::Uuid;

use crate::app::{Server, enroll};

#[tokio::test]
async fn openssl_accepts_what_the_user_downloads() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let mobile_id = enroll(&browser, &server.phone()).await;
    let dir = tempfile::tempdir().unwrap();
    for (name, path) in [("root", pki::ROOT), ("issuing", pki::ISSUING)] {
        let answer = browser.get(path).await.ok();
        assert_eq!(answer.headers["content-type"], "application/pkix-cert");
        std::fs::write(dir.path().join(name), answer.body).unwrap();
    }
    for certificate in &mobile_id.certificates {
        let pem = browser
            .get(&api::certificate(&certificate.serial, "pem"))
            .await
            .ok();
        let der = browser
            .get(&api::certificate(&certificate.serial, "der"))
            .await
            .ok();
        assert_eq!(der.headers["content-type"], "application/pkix-cert");
        assert!(
            der.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        std::fs::write(dir.path().join("certificate.pem"), &pem.body).unwrap();
        std::fs::write(dir.path().join("certificate.der"), &der.body).unwrap();
        let check = "openssl x509 -inform DER -in root -out root.pem && openssl x509 -inform DER -in issuing -out issuing.pem \
             && openssl x509 -inform DER -in certificate.der | diff - certificate.pem \
             && openssl verify -x509_strict -CAfile root.pem -untrusted issuing.pem certificate.pem \
             && openssl x509 -in certificate.pem -noout -serial -subject -email";
        let run = std::process::Command::new("sh")
            .args(["-c", check])
            .current_dir(dir.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(
            run.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&run.stderr)
        );
        assert!(said.contains(&format!("serial={}", certificate.serial)), "{said}");
        assert!(
            said.contains("anna Svensson") && said.contains("anna@example.com"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn the_list_shows_the_newest_first_and_nobody_elses() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let first = enroll(&anna, &server.phone()).await.summary.id;
    server.later(time::Duration::MINUTE);
    let second = enroll(&anna, &server.phone()).await.summary.id;
    let list: Vec<MobileIdSummary> = anna.get(api::MOBILE_IDS).await.json();
    assert_eq!(
        list.iter().map(|mobile_id| mobile_id.id).collect::<Vec<_>>(),
        [second, first]
    );
    assert!(
        list.iter()
            .all(|mobile_id| mobile_id.state == MobileIdState::Active)
    );
    assert_eq!(
        bertil.get(api::MOBILE_IDS).await.json::<Vec<MobileIdSummary>>(),
        []
    );
}

#[tokio::test]
async fn somebody_elses_mobile_id_and_certificate_are_not_there() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let mobile_id = enroll(&anna, &server.phone()).await;
    let serial = &mobile_id.certificates[0].serial;
    for id in [mobile_id.summary.id, Uuid::now_v7()] {
        bertil.get(&api::mobile_id(id)).await.refused(Code::NotFound);
    }
    for form in ["pem", "der"] {
        bertil
            .get(&api::certificate(serial, form))
            .await
            .refused(Code::NotFound);
        anna.get(&api::certificate(serial, form)).await.ok();
    }
    for odd in [
        format!("/api/certificates/{serial}"),
        format!("/api/certificates/{serial}.txt"),
        "/api/certificates/.pem".into(),
    ] {
        anna.get(&odd).await.refused(Code::NotFound);
    }
}
