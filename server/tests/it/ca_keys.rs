//! The CA's keys as the program keeps them: encrypted where a passphrase is configured, and of no use without it.

use crate::program::Server;

const PASSPHRASE: &str = "SELFSERVICE_CA__PASSPHRASE";

#[tokio::test(flavor = "multi_thread")]
async fn with_a_passphrase_the_keys_are_encrypted_and_the_server_starts_only_with_it() {
    let mut server = Server::start_with(&[(PASSPHRASE, "correct horse battery")]).await;
    for name in ["root", "issuing"] {
        let key = std::fs::read_to_string(server.path(&format!("data/ca/keys/{name}.key"))).unwrap();
        assert!(key.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{name}");
    }
    let certificate = std::fs::read(server.path("data/ca/issuing.cer")).unwrap();
    server.kill_and_start_again().await;
    assert_eq!(
        std::fs::read(server.path("data/ca/issuing.cer")).unwrap(),
        certificate
    );
    let said = server.refusal(&[]);
    assert!(
        said.contains("is encrypted: configure the CA's passphrase"),
        "{said}"
    );
    let said = server.refusal(&[(PASSPHRASE, "wrong horse battery")]);
    assert!(said.contains("passphrase does not open"), "{said}");
    assert!(!said.contains("horse"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_ca_has_lost_a_file_does_not_make_another() {
    let mut server = Server::start().await;
    std::fs::remove_file(server.path("data/ca/root.cer")).unwrap();
    let said = server.refusal(&[]);
    assert!(
        said.contains("root.cer is missing: restore it from a backup"),
        "{said}"
    );
    assert!(!server.path("data/ca/root.cer").exists());
}

#[cfg(not(feature = "hsm"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_built_without_hsm_says_so_where_a_token_is_named() {
    let mut server = Server::start().await;
    let said = server.refusal(&[
        (
            "SELFSERVICE_CA__PKCS11__MODULE",
            "/usr/lib/softhsm/libsofthsm2.so",
        ),
        ("SELFSERVICE_CA__PKCS11__TOKEN", "selfservice"),
        ("SELFSERVICE_CA__PKCS11__PIN", "0042"),
    ]);
    assert!(said.contains("`cargo build --features hsm`"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_whose_ca_is_gone_gets_no_other_one() {
    let mut server = Server::start().await;
    let list = reqwest::get(format!("{}{}", server.base(), shared::url::pki::CRL));
    assert!(list.await.unwrap().status().is_success());
    std::fs::remove_dir_all(server.path("data/ca")).unwrap();
    let said = server.refusal(&[]);
    assert!(said.contains("ca/issuing.cer is missing: copy it"), "{said}");
    assert!(!server.path("data/ca/root.cer").exists());
}
