//! The real program with its keys in a token: from the first start to revocation, and what it says where it cannot.

use shared::api::{MobileId, ProcessState};
use shared::problem::Code;
use shared::url::pki;
use uuid::Uuid;

use super::soft_hsm::{PIN, SoftHsm};
use crate::pki::run;
use crate::portal::Portal;
use crate::program::{HeadlessPhone, Server};

type Settings<'a> = Vec<(&'static str, &'a str)>;

const TOKEN: &str = "SELFSERVICE_CA__PKCS11__TOKEN";
const TOKEN_PIN: &str = "SELFSERVICE_CA__PKCS11__PIN";
const TOKEN_PIN_FILE: &str = "SELFSERVICE_CA__PKCS11__PIN_FILE";
const MODULE: &str = "SELFSERVICE_CA__PKCS11__MODULE";

fn borrowed<'a>(settings: &'a [(&'static str, String)]) -> Settings<'a> {
    settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn with<'a>(settings: &Settings<'a>, name: &'static str, value: &'a str) -> Settings<'a> {
    let others = settings.iter().filter(|(known, _)| *known != name).copied();
    others.chain([(name, value)]).collect()
}

/// An enrollment that waits for the pairing code, which is this one.
async fn ready(server: &Server, user: &str) -> (Portal, Uuid, HeadlessPhone, String) {
    let portal = server.portal(user).await;
    let (process, link) = portal.open_process().await;
    let mut phone = HeadlessPhone::start(&link, &server.path(user), &[]);
    let code = phone.pairing_code();
    (portal, process, phone, code)
}

async fn enroll(server: &Server, user: &str) -> MobileId {
    let (portal, process, phone, code) = ready(server, user).await;
    portal.pair(process, &code).await.unwrap();
    assert!(phone.end().success());
    portal.process(process).await.mobile_id.unwrap()
}

async fn fetch(server: &Server, path: &str, file: &str) {
    let answer = reqwest::get(format!("{}{path}", server.base())).await.unwrap();
    assert!(answer.status().is_success(), "{path}");
    std::fs::write(server.path(file), answer.bytes().await.unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_lists_and_ocsp_come_from_the_token_and_openssl_takes_them() {
    let hsm = SoftHsm::new();
    let settings = hsm.settings();
    let settings = with(&borrowed(&settings), "SELFSERVICE_LOG__FILTER", "trace");
    let mut server = Server::start_with(&settings).await;
    assert!(!server.path("data/ca/keys").exists(), "no key is in a file");
    let dir = server.path("");
    enroll(&server, "anna").await;

    let issuing = std::fs::read(server.path("data/ca/issuing.cer")).unwrap();
    server.kill_and_start_again().await;
    assert_eq!(
        std::fs::read(server.path("data/ca/issuing.cer")).unwrap(),
        issuing
    );
    let kept = enroll(&server, "bertil").await;
    // Her phone is gone before it can confirm: what was issued is withdrawn.
    let (portal, process, phone, code) = ready(&server, "olga").await;
    phone.kill();
    portal.pair(process, &code).await.unwrap();
    let issued = portal.process(process).await.mobile_id.unwrap();
    portal.cancel(process, false).await;

    for (path, file) in [
        (pki::ROOT, "root.der"),
        (pki::ISSUING, "issuing.der"),
        (pki::CRL, "crl.der"),
    ] {
        fetch(&server, path, file).await;
    }
    run(
        &dir,
        "for name in root issuing; do openssl x509 -inform DER -in $name.der -out $name.pem; done
         openssl crl -inform DER -in crl.der -out crl.pem",
    );
    let said = run(
        &dir,
        "openssl x509 -in root.pem -noout -text; openssl x509 -in issuing.pem -noout -text",
    );
    assert!(
        said.contains("ecdsa-with-SHA384") && said.contains("NIST CURVE: P-384"),
        "{said}"
    );
    for user in ["anna", "bertil"] {
        run(
            &dir,
            &format!(
                "openssl verify -x509_strict -crl_check -CRLfile crl.pem -CAfile root.pem -untrusted issuing.pem \
                 {user}/authentication.pem {user}/signature.pem"
            ),
        );
    }
    let list = run(&dir, "openssl crl -in crl.pem -CAfile issuing.pem -noout -text");
    assert!(list.contains("verify OK"), "{list}");
    for (serial, status) in [
        (&kept.certificates[0].serial, "good"),
        (&issued.certificates[0].serial, "revoked"),
    ] {
        assert_eq!(list.contains(serial), status == "revoked", "{list}");
        let ask = format!(
            "openssl ocsp -issuer issuing.pem -serial 0x{serial} -url {}{} -CAfile root.pem -verify_other issuing.pem",
            server.base(),
            pki::OCSP
        );
        let said = run(&dir, &ask);
        assert!(
            said.contains("Response verify OK") && said.contains(&format!(": {status}")),
            "{said}"
        );
    }
    assert!(!server.log().contains(PIN), "the PIN is in the log");
    assert!(server.say(&["ca", "check"]).contains("0 differences left"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_token_cannot_be_used_the_start_says_why_and_not_the_pin() {
    let hsm = SoftHsm::new();
    let settings = hsm.settings();
    let right = borrowed(&settings);
    let mut server = Server::start_with(&right).await;
    std::fs::create_dir(server.path("none")).unwrap();
    let conf = format!("directories.tokendir = {}\n", server.path("none").display());
    let empty = server.path("empty.conf");
    std::fs::write(&empty, conf).unwrap();
    let open_file = server.path("pin");
    std::fs::write(&open_file, PIN).unwrap();
    let no_library = server.path("web/index.html");
    let other = SoftHsm::new();
    let without_keys = other.conf();
    let cases: [(&'static str, &str, &str); 8] = [
        (
            MODULE,
            "/no/such/module.so",
            "/no/such/module.so (ca.pkcs11.module) cannot be loaded",
        ),
        (MODULE, no_library.to_str().unwrap(), "cannot be loaded"),
        ("SOFTHSM2_CONF", "/no/such/file", "does not start"),
        (
            "SOFTHSM2_CONF",
            empty.to_str().unwrap(),
            "the module shows no token at all",
        ),
        (TOKEN, "elsewhere", "there are \"selfservice\""),
        (TOKEN_PIN, "pin-999999", "refuses the PIN (ca.pkcs11.pin)"),
        (
            TOKEN_PIN,
            "",
            "ca.pkcs11.pin (or SELFSERVICE_CA__PKCS11__PIN): is missing",
        ),
        (
            "SOFTHSM2_CONF",
            without_keys.to_str().unwrap(),
            "the key \"issuing\" in the token \"selfservice\" is missing: restore it from a backup",
        ),
    ];
    for (name, value, says) in cases {
        let said = server.refusal(&with(
            &with(&right, name, value),
            "SELFSERVICE_LOG__FILTER",
            "trace",
        ));
        assert!(said.contains(says), "{name}={value}: {said}");
        assert!(!said.contains(PIN) && !said.contains("pin-999999"), "{said}");
    }
    let by_file: Settings = with(
        &with(&right, TOKEN_PIN, ""),
        TOKEN_PIN_FILE,
        open_file.to_str().unwrap(),
    );
    let said = server.refusal(&by_file);
    assert!(said.contains("run `chmod 600"), "{said}");
    run(&server.path(""), "chmod 600 pin");
    server.start_again_with(&by_file).await;
    enroll(&server, "anna").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_files_can_move_into_a_token() {
    let mut server = Server::start_with(&[("SELFSERVICE_CA__PASSPHRASE", "correct horse")]).await;
    enroll(&server, "anna").await;
    server.kill();
    let hsm = SoftHsm::new();
    for (name, id) in [("root", "01"), ("issuing", "02")] {
        let file = server.path(&format!("data/ca/keys/{name}.key"));
        hsm.import(&file, name, id, &["--file-pin", "correct horse"]);
    }
    std::fs::remove_dir_all(server.path("data/ca/keys")).unwrap();
    let settings = hsm.settings();
    let without_passphrase = with(&borrowed(&settings), "SELFSERVICE_CA__PASSPHRASE", "");
    server.start_again_with(&without_passphrase).await;
    enroll(&server, "bertil").await;
    for (path, file) in [(pki::ROOT, "root.der"), (pki::ISSUING, "issuing.der")] {
        fetch(&server, path, file).await;
    }
    run(
        &server.path(""),
        "for name in root issuing; do openssl x509 -inform DER -in $name.der -out $name.pem; done
         openssl verify -CAfile root.pem -untrusted issuing.pem anna/authentication.pem bertil/authentication.pem",
    );
    assert!(!server.path("data/ca/keys").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_token_is_away_nothing_is_half_done_and_afterwards_all_goes_on() {
    let hsm = SoftHsm::new();
    let settings = hsm.settings();
    let server = Server::start_with(&borrowed(&settings)).await;
    let (portal, process, phone, code) = ready(&server, "anna").await;
    let away = hsm.tokens().with_extension("away");
    std::fs::rename(hsm.tokens(), &away).unwrap();
    let refused = portal.pair(process, &code).await.unwrap_err();
    assert_eq!(refused.code, Code::Internal);
    let log = server.log();
    assert!(log.contains("the CA's key does not sign"), "{log}");
    assert!(log.contains("libsofthsm2.so does not start"), "{log}");
    let waiting = portal.process(process).await;
    assert_eq!(waiting.state, ProcessState::KeysReceived);
    assert!(waiting.mobile_id.is_none());
    std::fs::rename(&away, hsm.tokens()).unwrap();
    let paired = portal.pair(process, &code).await;
    paired.unwrap_or_else(|problem| panic!("{problem:?} {}", server.log()));
    assert!(phone.end().success());
    assert!(server.say(&["ca", "check"]).contains("0 differences left"));
}
