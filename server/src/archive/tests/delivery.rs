//! What goes to a phone: it unwraps the key, answers the challenge, and nobody else does.

use std::process::Command;

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    encoding::{AsDer as _, PublicKeyX509Der},
    rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey},
};
use shared::{
    api::KeyType,
    protocol::{
        delivery::{challenge_info, key_info},
        hpke::split,
    },
};
use uuid::Uuid;

use super::super::{Delivery, EncryptionKey, hpke, is_answer};

const SERIAL: &str = "0A";
const MOBILE_ID: Uuid = Uuid::max();

fn transport_key() -> (PrivateKey, Vec<u8>) {
    let key = PrivateKey::generate(&ECDH_P256).unwrap();
    let public = key.compute_public_key().unwrap();
    let spki: PublicKeyX509Der<'_> = public.as_der().unwrap();
    (key, spki.as_ref().to_vec())
}

/// As a phone answers.
fn answer(pkcs8: &[u8], challenge: &[u8]) -> Vec<u8> {
    if let Ok(key) = PrivateKey::from_private_key_der(&ECDH_P256, pkcs8) {
        let (enc, ciphertext) = split(challenge).unwrap();
        let info = challenge_info(MOBILE_ID, SERIAL);
        return hpke::open(&key, &info, enc, ciphertext).unwrap().to_vec();
    }
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8).unwrap();
    let key = OaepPrivateDecryptingKey::new(key).unwrap();
    let mut octets = vec![0; key.min_output_size()];
    key.decrypt(&OAEP_SHA256_MGF1SHA256, challenge, &mut octets, None)
        .unwrap()
        .to_vec()
}

fn openssl(arguments: &[&str], file: &std::path::Path) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .arg("-in")
        .arg(file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[test]
fn the_phone_unwraps_the_key_answers_the_challenge_and_openssl_reads_the_key() {
    for (key_type, says) in [
        (KeyType::P256, "NIST CURVE: P-256"),
        (KeyType::Rsa3072, "(3072 bit"),
    ] {
        let key = EncryptionKey::make(key_type).unwrap();
        assert_eq!(key.key_type(), key_type);
        let (phone, spki) = transport_key();
        let delivery = key.deliver(&spki, MOBILE_ID, SERIAL).unwrap();
        let Delivery {
            encapsulated,
            ciphertext,
            ..
        } = &delivery;
        let pkcs8 = hpke::open(&phone, &key_info(MOBILE_ID, SERIAL), encapsulated, ciphertext).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key.der");
        std::fs::write(&file, &*pkcs8).unwrap();
        let said = openssl(&["pkey", "-inform", "DER", "-check", "-noout", "-text"], &file);
        assert!(said.contains("Key is valid") && said.contains(says), "{said}");
        let unwrapped = EncryptionKey::from_pkcs8(&pkcs8).unwrap();
        assert_eq!((unwrapped.key_type(), unwrapped.spki()), (key_type, key.spki()));

        let mut answer = answer(&pkcs8, &delivery.challenge);
        assert_eq!(answer.len(), 32);
        assert!(is_answer(&answer, &delivery.answer_hash));
        answer[31] ^= 1;
        assert!(!is_answer(&answer, &delivery.answer_hash));
        assert!(!is_answer(&[], &delivery.answer_hash));
    }
}

#[test]
fn another_phone_and_other_words_do_not_open_it() {
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let ((phone, spki), (other, _)) = (transport_key(), transport_key());
    let Delivery {
        encapsulated,
        mut ciphertext,
        ..
    } = key.deliver(&spki, MOBILE_ID, SERIAL).unwrap();
    let info = key_info(MOBILE_ID, SERIAL);
    assert!(hpke::open(&phone, &info, &encapsulated, &ciphertext).is_ok());
    assert!(hpke::open(&other, &info, &encapsulated, &ciphertext).is_err());
    for wrong in [
        key_info(Uuid::nil(), SERIAL),
        key_info(MOBILE_ID, "0B"),
        challenge_info(MOBILE_ID, SERIAL),
    ] {
        assert!(hpke::open(&phone, &wrong, &encapsulated, &ciphertext).is_err());
    }
    let again = key.deliver(&spki, MOBILE_ID, SERIAL).unwrap();
    assert!(hpke::open(&phone, &info, &again.encapsulated, &ciphertext).is_err());
    ciphertext[0] ^= 1;
    assert!(hpke::open(&phone, &info, &encapsulated, &ciphertext).is_err());
    for no_point in [&[][..], &[4; 65], &encapsulated[..64], &[0; 91]] {
        assert!(hpke::open(&phone, &info, no_point, &ciphertext).is_err());
    }
}

#[test]
fn only_a_key_on_p_256_is_a_transport_key() {
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let rsa = EncryptionKey::make(KeyType::Rsa3072).unwrap();
    for wrong in [rsa.spki(), &[], b"no key"] {
        assert!(key.deliver(wrong, MOBILE_ID, SERIAL).is_err());
    }
    assert!(!format!("{key:?} {rsa:?}").contains("pkcs8"));
}
