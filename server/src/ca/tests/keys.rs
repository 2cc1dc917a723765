//! Key files: their modes, their encryption, and what is said when one cannot be used.

use std::os::unix::fs::PermissionsExt;

use rcgen::PublicKeyData;
use secrecy::SecretString;

use super::super::{Curve, FileKeyStore, Key, KeyStore, KeyStoreError, Owner};
use super::*;

fn store(dir: &Path, passphrase: Option<&str>) -> FileKeyStore {
    FileKeyStore::new(dir, passphrase.map(SecretString::from), Owner::Ca)
}

fn error(found: Result<Option<Key>, KeyStoreError>) -> String {
    found.expect_err("the key is refused").to_string()
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_comes_back_as_it_was_made_and_openssl_reads_it() {
    for passphrase in [None, Some("correct horse, battery staple å")] {
        for curve in [Curve::P256, Curve::P384] {
            let dir = tempfile::tempdir().unwrap();
            let store = store(dir.path(), passphrase);
            assert!(store.lookup("root").unwrap().is_none());
            let made = store.create("root", curve).unwrap();
            let found = store.lookup("root").unwrap().unwrap();
            assert_eq!(made.subject_public_key_info(), found.subject_public_key_info());
            let path = dir.path().join("root.key");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(
                text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
                passphrase.is_some()
            );
            let password = format!("pass:{}", passphrase.unwrap_or_default());
            let spki = openssl([
                arg("pkey"),
                arg("-pubout"),
                arg("-outform"),
                arg("DER"),
                arg("-passin"),
                arg(&password),
                arg("-in"),
                path.as_os_str(),
            ]);
            assert_eq!(spki, made.subject_public_key_info());
        }
    }
}

#[test]
fn a_key_that_openssl_encrypted_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let made = store(dir.path(), None).create("root", Curve::P256).unwrap();
    let path = dir.path().join("root.key");
    let sealed = openssl([
        arg("pkcs8"),
        arg("-topk8"),
        arg("-v2"),
        arg("aes-256-cbc"),
        arg("-scrypt"),
        arg("-passout"),
        arg("pass:secret"),
        arg("-in"),
        path.as_os_str(),
    ]);
    fs::write(&path, sealed).unwrap();
    let found = store(dir.path(), Some("secret")).lookup("root").unwrap().unwrap();
    assert_eq!(made.subject_public_key_info(), found.subject_public_key_info());
}

#[test]
fn passphrase_and_file_must_go_together() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path(), None).create("plain", Curve::P256).unwrap();
    store(dir.path(), Some("right"))
        .create("sealed", Curve::P256)
        .unwrap();
    let wrong = error(store(dir.path(), Some("wrong")).lookup("sealed"));
    assert!(wrong.contains("passphrase does not open") && wrong.contains("sealed.key"));
    let missing = error(store(dir.path(), None).lookup("sealed"));
    assert!(missing.contains("is encrypted: configure the CA's passphrase"));
    let plain = error(store(dir.path(), Some("right")).lookup("plain"));
    assert!(plain.contains("not encrypted") && plain.contains("openssl pkcs8 -topk8"));
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), None);
    store.create("root", Curve::P256).unwrap();
    let path = dir.path().join("root.key");
    for mode in [0o640, 0o604, 0o620, 0o602, 0o777] {
        chmod(&path, mode);
        let refused = error(store.lookup("root"));
        assert!(refused.contains("run `chmod 600 "), "{mode:o}: {refused}");
    }
    for mode in [0o600, 0o400] {
        chmod(&path, mode);
        assert!(store.lookup("root").unwrap().is_some());
    }
}

#[test]
fn a_damaged_file_is_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("root.key");
    let plain = store(dir.path(), None);
    plain.create("root", Curve::P256).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let rsa = openssl(["genpkey"].iter().chain(RSA_3072).copied().map(arg));
    let ed25519 = openssl(["genpkey", "-algorithm", "ED25519"].map(arg));
    for bad in [
        b"".as_slice(),
        b"-----BEGIN PRIVATE KEY-----\n",
        good.replace("PRIVATE", "PUBLIC").as_bytes(),
        &good.as_bytes()[..good.len() / 2],
        &[0xff; 100],
        &rsa,
        &ed25519,
    ] {
        fs::write(&path, bad).unwrap();
        let refused = error(plain.lookup("root"));
        assert!(refused.contains("is damaged"), "{refused}");
    }
    fs::write(
        &path,
        good.replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE")
            .replace("END PRIVATE", "END ENCRYPTED PRIVATE"),
    )
    .unwrap();
    let refused = error(store(dir.path(), Some("x")).lookup("root"));
    assert!(refused.contains("is damaged"), "{refused}");
}

#[test]
fn a_key_is_made_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), None);
    let first = store.create("root", Curve::P256).unwrap();
    assert!(matches!(
        store.create("root", Curve::P256),
        Err(KeyStoreError::Write { .. })
    ));
    let found = store.lookup("root").unwrap().unwrap();
    assert_eq!(first.subject_public_key_info(), found.subject_public_key_info());
}
