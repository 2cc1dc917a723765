//! Encryption keys on the headless phone: archived keys come, and what was encrypted to an earlier phone opens on the
//! new one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use server::phone::{Installed, Keys};
use shared::api::{MobileId, ProcessState, Purpose};
use shared::problem::Code;

use super::{judge, phone};
use crate::portal::Portal;
use crate::program::{HeadlessPhone, Server};

const CONTENT: &[u8] = b"To Anna, in confidence.\n";

/// Encryption certificates for everyone, and earlier ones recovered.
async fn server(settings: &[(&'static str, &str)]) -> Server {
    let server = Server::start_with(settings).await;
    let file = server.path("options.rhai");
    let rules = "certificates.encryption = \"required\";\nrecoverEncryptionCertificates = \"all\";\n";
    fs::write(&file, format!("{}{rules}", server.say(&["options", "show"]))).unwrap();
    server.say(&[
        "options",
        "set",
        file.to_str().unwrap(),
        "--comment",
        "Encryption",
    ]);
    server
}

/// A mobile ID in a folder of this name, and how the phone told that it is installed.
async fn enroll(server: &Server, portal: &Portal, name: &str) -> (PathBuf, Value, MobileId) {
    let (process, link) = portal.open_process().await;
    let folder = server.path(name);
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    phone.expect("offer");
    assert_eq!(phone.expect("claimed")["transport_key"], true);
    let pairing_code = phone.pairing_code();
    assert!(folder.join("transport.key").exists());
    portal.pair(process, &pairing_code).await.unwrap();
    let installed = phone.expect("installed");
    assert!(phone.end().success());
    assert!(!folder.join("transport.key").exists());
    let done = portal.process(process).await;
    assert_eq!(done.state, ProcessState::Completed);
    (folder, installed, done.mobile_id.unwrap())
}

fn serial(mobile_id: &MobileId) -> String {
    let mut certificates = mobile_id.certificates.iter();
    let encryption = certificates.find(|certificate| certificate.purpose == Purpose::Encryption);
    encryption.unwrap().serial.clone()
}

/// As a colleague does who has the certificate.
fn encrypt(content: &Path, certificate: &Path, more: &[&str]) -> PathBuf {
    let sent = content.with_extension("p7m");
    let status = Command::new("openssl")
        .args(["cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", "-in"])
        .arg(content)
        .arg("-out")
        .arg(&sent)
        .arg("-recip")
        .arg(certificate)
        .args(more)
        .stderr(Stdio::null())
        .status();
    assert!(status.unwrap().success());
    sent
}

/// What `selfservice phone decrypt` makes of it.
fn decrypt(server: &Server, sent: &Path, folder: &Path) -> String {
    let [sent, folder] = [sent, folder].map(|path| path.to_str().unwrap());
    let (_, said) = server.try_to_say(&["phone", "decrypt", "--folder", folder, "--in", sent, "--out", "-"]);
    said
}

fn opens(server: &Server, sent: &Path, folder: &Path) {
    let said = decrypt(server, sent, folder);
    assert_eq!(said.as_bytes(), CONTENT, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_encrypted_to_the_old_phone_opens_on_the_new_one_and_nowhere_else() {
    let mut server = server(&[("SELFSERVICE_ARCHIVE__KEY_TYPE", "rsa3072")]).await;
    let content = server.path("content");
    fs::write(&content, CONTENT).unwrap();
    let anna = server.portal("anna").await;
    let (old, installed, mobile_id) = enroll(&server, &anna, "old").await;
    assert_eq!(installed["recovered"], serde_json::json!([]));
    judge(&old, "encryption");
    let oaep = [
        "-keyopt",
        "rsa_padding_mode:oaep",
        "-keyopt",
        "rsa_oaep_md:sha256",
    ];
    let earlier = encrypt(&content, &old.join("encryption.pem"), &oaep);
    opens(&server, &earlier, &old);

    // The type of new keys changes, and that of the archived one does not.
    server.kill();
    server.set("SELFSERVICE_ARCHIVE__KEY_TYPE", "p256");
    server.start_again().await;
    let (new, installed, second) = enroll(&server, &anna, "new").await;
    let archived = serial(&mobile_id);
    assert_eq!(installed["recovered"], serde_json::json!([archived]));
    judge(&new, "encryption");
    let key = |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let recovered = format!("recovered/{archived}.key");
    assert_eq!(key(&new, &recovered), key(&old, "encryption.key"));
    fs::remove_dir_all(&old).unwrap();
    opens(&server, &earlier, &new);

    let kdf = ["-keyopt", "ecdh_kdf_md:sha256"];
    let later = encrypt(&content, &new.join("encryption.pem"), &kdf);
    opens(&server, &later, &new);
    let (third, installed, _) = enroll(&server, &anna, "third").await;
    let mut both = [archived, serial(&second)];
    let mut told: Vec<String> = serde_json::from_value(installed["recovered"].clone()).unwrap();
    both.sort();
    told.sort();
    assert_eq!(told, both);
    opens(&server, &later, &third);

    let bertil = server.portal("bertil").await;
    let (other, installed, _) = enroll(&server, &bertil, "other").await;
    assert_eq!(installed["recovered"], serde_json::json!([]));
    let said = decrypt(&server, &later, &other);
    assert!(said.contains("is not encrypted to any certificate"), "{said}");
}

/// openssl has the last word on the key files.
#[tokio::test(flavor = "multi_thread")]
async fn openssl_decrypts_with_the_key_that_came() {
    let server = server(&[]).await;
    let content = server.path("content");
    fs::write(&content, CONTENT).unwrap();
    let anna = server.portal("anna").await;
    let (folder, ..) = enroll(&server, &anna, "mobile-id").await;
    let sent = encrypt(&content, &folder.join("encryption.pem"), &[]);
    let output = Command::new("openssl")
        .args(["cms", "-decrypt", "-binary", "-inform", "DER", "-in"])
        .arg(&sent)
        .args(["-recip", "encryption.pem", "-inkey", "encryption.key"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(
        output.stdout,
        CONTENT,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Whoever puts a transport key of their own in the place of the phone's does not get the pairing code that it shows.
#[tokio::test(flavor = "multi_thread")]
async fn the_pairing_code_covers_the_transport_key() {
    let server = server(&[]).await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let phone = phone(&link);
    let claimed = phone.claim().await.unwrap();
    let keys = Keys::make(&claimed).unwrap();
    let theirs = Keys {
        transport: Keys::make(&claimed).unwrap().transport,
        own: keys.own,
        stored: vec![],
    };
    let accepted = phone.submit_keys(&theirs).await.unwrap();
    let ours = Keys {
        transport: keys.transport,
        own: theirs.own,
        stored: vec![],
    };
    let shown = phone.pairing_code(&ours, &accepted.nonce).unwrap();
    let refused = anna.pair(process, shown.as_str()).await.unwrap_err();
    assert_eq!(refused.code, Code::PairingCodeWrong);
    let theirs = Keys {
        transport: theirs.transport,
        own: ours.own,
        stored: vec![],
    };
    let typed = phone.pairing_code(&theirs, &accepted.nonce).unwrap();
    anna.pair(process, typed.as_str()).await.unwrap();

    // And what was sealed to their key is of no use to ours.
    let now = phone.wait(ProcessState::KeysReceived).await.unwrap();
    let installation = now.installation.unwrap();
    assert!(Installed::check(&theirs, &installation).is_ok());
    let ours = Keys {
        transport: ours.transport,
        own: theirs.own,
        stored: vec![],
    };
    let refused = Installed::check(&ours, &installation).unwrap_err();
    assert!(
        refused.to_string().contains("sealed to another phone"),
        "{refused}"
    );
}

/// A lost answer to the receipt, and a second look at what was installed.
#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_with_its_proofs_may_be_repeated_and_then_nothing_is_sealed_any_more() {
    let server = server(&[]).await;
    let anna = server.portal("anna").await;
    enroll(&server, &anna, "earlier").await;
    let (process, link) = anna.open_process().await;
    let phone = phone(&link);
    let claimed = phone.claim().await.unwrap();
    let mut keys = Keys::make(&claimed).unwrap();
    let accepted = phone.submit_keys(&keys).await.unwrap();
    let pairing_code = phone.pairing_code(&keys, &accepted.nonce).unwrap();
    anna.pair(process, pairing_code.as_str()).await.unwrap();
    let installation = phone.enrollment().await.unwrap().installation.unwrap();
    let installed = Installed::check(&keys, &installation).unwrap();
    assert_eq!((installed.proofs().len(), installed.recovered.len()), (2, 1));
    for _ in 0..2 {
        phone
            .receipt(process, installation.mobile_id, &keys, &installed)
            .await
            .unwrap();
    }
    let after = phone.enrollment().await.unwrap().installation.unwrap();
    let mut all = after.certificates.iter().chain(&after.recovered);
    assert!(all.all(|certificate| certificate.sealed.is_none()));
    let delivered = installed.encryption.iter().chain(&installed.recovered);
    keys.stored = delivered.map(|delivered| delivered.key.clone()).collect();
    assert!(Installed::check(&keys, &after).is_ok());
}

/// Whenever it is killed after the code was typed, the next run ends well, and the keys are there. Five times: so often
/// one may recover in a day.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_killed_while_keys_come_goes_on() {
    let server = server(&[]).await;
    let content = server.path("content");
    fs::write(&content, CONTENT).unwrap();
    let anna = server.portal("anna").await;
    enroll(&server, &anna, "first").await;
    for milliseconds in [0, 20, 40, 60, 90] {
        let (process, link) = anna.open_process().await;
        let folder = server.path(&format!("killed-{milliseconds}"));
        let mut phone = HeadlessPhone::start(&link, &folder, &[]);
        let pairing_code = phone.pairing_code();
        anna.pair(process, &pairing_code).await.unwrap();
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        phone.kill();
        if !folder.join("mobile-id.json").exists() {
            let mut phone = HeadlessPhone::start(&link, &folder, &[]);
            phone.expect("resumed");
            phone.expect("installed");
            assert!(phone.end().success());
            assert!(!folder.join("enrollment.json").exists());
        }
        assert!(!folder.join("transport.key").exists());
        assert_eq!(anna.process(process).await.state, ProcessState::Completed);
        let sent = encrypt(&content, &folder.join("encryption.pem"), &[]);
        opens(&server, &sent, &folder);
        let first = server.path("first/encryption.pem");
        opens(&server, &encrypt(&content, &first, &[]), &folder);
    }
}
