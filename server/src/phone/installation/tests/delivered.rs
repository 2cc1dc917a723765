//! Archived keys, sealed as a server seals them, and every way in which one could be another than it should.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPublicKeyUncompressedBin, Pkcs8V1Der};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use shared::api::SealedKey;
use shared::protocol::{delivery, hpke};

use super::*;
use crate::phone::encryption_key::EncryptionKey;

/// The archive's side of a key.
struct Archived {
    key_type: KeyType,
    pkcs8: Vec<u8>,
    spki: Vec<u8>,
}

fn p256() -> Archived {
    let pair = PrivateKey::generate(&ECDH_P256).unwrap();
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    archived(KeyType::P256, pkcs8.as_ref())
}

/// Made once: it takes seconds.
static RSA: LazyLock<Archived> = LazyLock::new(|| {
    let pair = PrivateDecryptingKey::generate(KeySize::Rsa3072).unwrap();
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    archived(KeyType::Rsa3072, pkcs8.as_ref())
});

fn archived(key_type: KeyType, pkcs8: &[u8]) -> Archived {
    Archived {
        key_type,
        pkcs8: pkcs8.to_vec(),
        spki: EncryptionKey::from_pkcs8(pkcs8).unwrap().spki().unwrap(),
    }
}

/// HPKE to the holder of a key on P-256: `enc`, and ciphertext with its tag.
fn seal(spki: &[u8], content: &[u8], info: &[u8]) -> (Vec<u8>, Vec<u8>) {
    // The point stands at the end of a SubjectPublicKeyInfo.
    let recipient = &spki[spki.len() - hpke::POINT_OCTETS..];
    let ephemeral = PrivateKey::generate(&ECDH_P256).unwrap();
    let public: EcPublicKeyUncompressedBin<'_> =
        ephemeral.compute_public_key().unwrap().as_be_bytes().unwrap();
    let enc = public.as_ref().to_vec();
    let recipient_key = UnparsedPublicKey::new(&ECDH_P256, recipient);
    let message = agree(&ephemeral, recipient_key, (), |shared| {
        Ok(hpke::message_key(
            shared.try_into().unwrap(),
            &enc,
            recipient,
            info,
        ))
    })
    .unwrap();
    let mut octets = content.to_vec();
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &message.key).unwrap())
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(message.nonce),
            Aad::empty(),
            &mut octets,
        )
        .unwrap();
    (enc, octets)
}

fn challenge(key: &Archived, serial: &str) -> Vec<u8> {
    match key.key_type {
        KeyType::P256 => {
            let (enc, ciphertext) = seal(&key.spki, &ANSWER, &delivery::challenge_info(Uuid::nil(), serial));
            [enc, ciphertext].concat()
        }
        KeyType::Rsa3072 => {
            let public = PublicEncryptingKey::from_der(&key.spki).unwrap();
            let public = OaepPublicEncryptingKey::new(public).unwrap();
            let mut octets = vec![0; public.ciphertext_size()];
            let encrypted = public.encrypt(&OAEP_SHA256_MGF1SHA256, &ANSWER, &mut octets, None);
            encrypted.unwrap().to_vec()
        }
    }
}

type Change<'a> = &'a dyn Fn(&mut SealedKey);

const ANSWER: [u8; 32] = [9; 32];

/// A certificate over the key, with the key sealed to the transport key.
fn entry(world: &World, key: &Archived, issuer: &Ca) -> InstalledCertificate {
    let mut params = params("Anna", false);
    params.key_usages = vec![match key.key_type {
        KeyType::P256 => KeyUsagePurpose::KeyAgreement,
        KeyType::Rsa3072 => KeyUsagePurpose::KeyEncipherment,
    }];
    let entry = certified(Purpose::Encryption, &key.spki, issuer, &params);
    let transport = world.keys.transport.as_ref().unwrap();
    let info = delivery::key_info(Uuid::nil(), &entry.serial);
    let (encapsulated, ciphertext) = seal(&transport.spki, &key.pkcs8, &info);
    InstalledCertificate {
        sealed: Some(SealedKey {
            key_type: key.key_type,
            encapsulated: protocol::encode(&encapsulated),
            ciphertext: protocol::encode(&ciphertext),
            challenge: protocol::encode(&challenge(key, &entry.serial)),
        }),
        ..entry
    }
}

/// With a new key on P-256, and an earlier RSA key whose certificate another CA signed.
fn encrypting() -> World {
    let mut world = world();
    let new = entry(&world, &p256(), &world.issuing);
    let other = ca(params("Issuing G1", true), Some(&world.root));
    let earlier = entry(&world, &RSA, &other);
    world.installation.certificates.push(new);
    world.installation.recovered.push(earlier);
    world
}

#[test]
fn archived_keys_are_unwrapped_and_proved() {
    let world = encrypting();
    let installed = check(&world).unwrap();
    assert_eq!(installed.certificates.len(), 2);
    let new = &world.installation.certificates[2];
    let earlier = &world.installation.recovered[0];
    let proofs = installed.proofs();
    assert_eq!(
        proofs.iter().map(|proof| &proof.serial).collect::<Vec<_>>(),
        [&new.serial, &earlier.serial]
    );
    for proof in proofs {
        assert_eq!(protocol::decode(&proof.answer).unwrap(), ANSWER);
    }
    let receipt = installed.in_receipt();
    let certificates: Vec<_> = receipt[2..]
        .iter()
        .map(|(_, certificate)| protocol::encode(certificate))
        .collect();
    assert_eq!(certificates, [&*new.certificate, &earlier.certificate]);
}

#[test]
fn a_sealed_key_that_was_changed_or_is_for_another_is_refused() {
    let other = encrypting();
    let flip = |text: &str| {
        let mut octets = protocol::decode(text).unwrap();
        *octets.last_mut().unwrap() ^= 1;
        protocol::encode(&octets)
    };
    let theirs = other.installation.certificates[2].sealed.clone().unwrap();
    let changes: [(Change<'_>, Fault); 9] = [
        (
            &|sealed| sealed.ciphertext = flip(&sealed.ciphertext),
            Fault::NotUnwrapped,
        ),
        (
            &|sealed| sealed.encapsulated = flip(&sealed.encapsulated),
            Fault::NotUnwrapped,
        ),
        (&|sealed| *sealed = theirs.clone(), Fault::NotUnwrapped),
        (&|sealed| sealed.ciphertext = String::new(), Fault::NotUnwrapped),
        (&|sealed| sealed.encapsulated = String::new(), Fault::NotUnwrapped),
        (&|sealed| sealed.ciphertext = "*".into(), Fault::Unreadable),
        (&|sealed| sealed.key_type = KeyType::Rsa3072, Fault::ForeignKey),
        (
            &|sealed| sealed.challenge = flip(&sealed.challenge),
            Fault::NoAnswer,
        ),
        (&|sealed| sealed.challenge = "*".into(), Fault::NoAnswer),
    ];
    for (at, (change, expected)) in changes.iter().enumerate() {
        let mut world = encrypting();
        change(world.installation.certificates[2].sealed.as_mut().unwrap());
        assert_eq!(fault(&world), Some(*expected), "{at}");
    }
    // Bound to the mobile ID, and to the certificate.
    let mut world = encrypting();
    world.installation.mobile_id = Uuid::max();
    assert_eq!(fault(&world), Some(Fault::NotUnwrapped));
    let mut world = encrypting();
    let sealed = world.installation.recovered[0].sealed.clone();
    world.installation.certificates[2].sealed = sealed;
    assert_eq!(fault(&world), Some(Fault::NotUnwrapped));
    let mut world = encrypting();
    world.keys.transport = None;
    assert_eq!(fault(&world), Some(Fault::NotUnwrapped));
}

#[test]
fn an_answer_of_another_length_is_none() {
    let mut world = encrypting();
    let key = p256();
    let mut entry = entry(&world, &key, &world.issuing);
    let (enc, ciphertext) = seal(
        &key.spki,
        &[9; 31],
        &delivery::challenge_info(Uuid::nil(), &entry.serial),
    );
    entry.sealed.as_mut().unwrap().challenge = protocol::encode(&[enc, ciphertext].concat());
    world.installation.certificates[2] = entry;
    assert_eq!(fault(&world), Some(Fault::NoAnswer));
}

#[test]
fn a_certificate_over_another_archived_key_is_refused() {
    let mut world = encrypting();
    let (certified, delivered) = (p256(), p256());
    let entry = entry(&world, &certified, &world.issuing);
    let transport = world.keys.transport.as_ref().unwrap();
    let info = delivery::key_info(Uuid::nil(), &entry.serial);
    let (encapsulated, ciphertext) = seal(&transport.spki, &delivered.pkcs8, &info);
    let sealed = SealedKey {
        encapsulated: protocol::encode(&encapsulated),
        ciphertext: protocol::encode(&ciphertext),
        ..entry.sealed.clone().unwrap()
    };
    world.installation.recovered = vec![InstalledCertificate {
        sealed: Some(sealed),
        ..entry
    }];
    assert_eq!(fault(&world), Some(Fault::ForeignKey));
}

#[test]
fn a_certificate_of_another_kind_is_refused() {
    let key = p256();
    let wrong = |change: &dyn Fn(&mut CertificateParams)| {
        let mut world = encrypting();
        let mut params = params("Anna", false);
        change(&mut params);
        let plain = certified(Purpose::Encryption, &key.spki, &world.issuing, &params);
        let transport = world.keys.transport.as_ref().unwrap();
        let info = delivery::key_info(Uuid::nil(), &plain.serial);
        let (encapsulated, ciphertext) = seal(&transport.spki, &key.pkcs8, &info);
        let sealed = Some(SealedKey {
            key_type: KeyType::P256,
            encapsulated: protocol::encode(&encapsulated),
            ciphertext: protocol::encode(&ciphertext),
            challenge: protocol::encode(&challenge(&key, &plain.serial)),
        });
        world.installation.recovered = vec![InstalledCertificate { sealed, ..plain }];
        fault(&world)
    };
    assert_eq!(
        wrong(&|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]),
        None
    );
    assert_eq!(
        wrong(&|params| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment]),
        Some(Fault::WrongUsage)
    );
    assert_eq!(
        wrong(&|params| {
            params.key_usages = vec![KeyUsagePurpose::KeyAgreement];
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }),
        Some(Fault::WrongUsage)
    );
}

#[test]
fn the_new_one_is_signed_by_the_ca_of_the_chain_and_none_comes_twice() {
    let mut world = encrypting();
    let other = ca(params("Issuing", true), Some(&world.root));
    world.installation.certificates[2] = entry(&world, &p256(), &other);
    assert_eq!(fault(&world), Some(Fault::BrokenChain));

    let mut world = encrypting();
    let twice = world.installation.recovered[0].clone();
    world.installation.recovered.push(twice);
    assert_eq!(fault(&world), Some(Fault::WrongSet));
    let mut world = encrypting();
    let twice = world.installation.certificates[2].clone();
    world.installation.recovered.push(twice);
    assert_eq!(fault(&world), Some(Fault::WrongSet));
    let mut world = encrypting();
    world.installation.recovered[0].purpose = Purpose::Signature;
    assert_eq!(fault(&world), Some(Fault::WrongSet));
}

/// After the receipt nothing is sealed any more: what was stored before counts, and needs no proof.
#[test]
fn after_the_receipt_stored_keys_are_taken() {
    let mut world = encrypting();
    let installed = check(&world).unwrap();
    world.installation.certificates[2].sealed = None;
    world.installation.recovered[0].sealed = None;
    assert_eq!(fault(&world), Some(Fault::KeyMissing));
    let delivered = installed.encryption.iter().chain(&installed.recovered);
    world.keys.stored = delivered.map(|delivered| Arc::clone(&delivered.key)).collect();
    world.keys.transport = None;
    let again = check(&world).unwrap();
    assert!(again.proofs().is_empty());
    assert_eq!(again.in_receipt(), installed.in_receipt());
}
