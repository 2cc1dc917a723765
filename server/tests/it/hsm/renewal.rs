//! The issuing CA renewed in a token, and a back-up without its keys.

use shared::{api::ProcessState, url::pki};

use super::soft_hsm::SoftHsm;
use crate::{
    pki::run,
    program::{HeadlessPhone, Server},
};

async fn enroll(server: &Server, user: &str) {
    let portal = server.portal(user).await;
    let (process, link) = portal.open_process().await;
    let mut phone = HeadlessPhone::start(&link, &server.path(user), &[]);
    let code = phone.pairing_code();
    portal.pair(process, &code).await.unwrap();
    assert!(phone.end().success());
    assert_eq!(portal.process(process).await.state, ProcessState::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_generation_s_key_is_made_in_the_token_and_the_token_goes_with_a_back_up() {
    let hsm = SoftHsm::new();
    let settings = hsm.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    let mut server = Server::start_with(&settings).await;
    enroll(&server, "anna").await;
    server.say(&["ca", "renew", "--force"]);
    server.kill_and_start_again().await;
    enroll(&server, "bertil").await;
    assert!(!server.path("data/ca/keys").exists(), "no key is in a file");
    for (user, generation) in [("anna", 1), ("bertil", 2)] {
        let dir = server.path(user);
        let base = server.base();
        for (path, name) in [
            (pki::issuing(generation), "issuing.cer"),
            (pki::crl(generation), "list.crl"),
        ] {
            let der = reqwest::get(format!("{base}{path}"))
                .await
                .unwrap()
                .bytes()
                .await
                .unwrap();
            std::fs::write(dir.join(name), der).unwrap();
        }
        let check = format!(
            "openssl x509 -inform DER -in issuing.cer -out issuing.pem && openssl crl -inform DER -in list.crl -out list.pem \
             && openssl verify -crl_check -CAfile chain.pem -CRLfile list.pem authentication.pem \
             && openssl ocsp -issuer issuing.pem -cert authentication.pem -CAfile chain.pem -url {base}{}",
            pki::OCSP
        );
        let said = tokio::task::spawn_blocking(move || run(&dir, &check))
            .await
            .unwrap();
        for words in [
            "authentication.pem: OK",
            "Response verify OK",
            "authentication.pem: good",
        ] {
            assert!(said.contains(words), "{user}: {said}");
        }
    }
    let folder = server.path("backup");
    let said = server.say(&["backup", folder.to_str().unwrap()]);
    assert!(said.contains("7 files"), "{said}");

    let mut other = Server::start_with(&[]).await;
    other.kill();
    std::fs::remove_dir_all(other.path("data")).unwrap();
    // Without the token the certificates alone are no CA.
    let (status, said) = other.try_to_say(&["restore", folder.to_str().unwrap()]);
    assert!(
        !status.success() && said.contains("issuing.key is missing"),
        "{said}"
    );
    std::fs::remove_dir_all(other.path("data")).unwrap();
    for (name, value) in settings {
        other.set(name, value);
    }
    let said = other.say(&["restore", folder.to_str().unwrap()]);
    assert!(said.contains("generations of the issuing CA: 2."), "{said}");
    other.start_again().await;
    enroll(&other, "anna").await;
}
