//! Requests: the good ones, and every bad one that we could think of, made by openssl where openssl can.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use shared::protocol::request as pkcs10;
use x509_parser::prelude::*;

use super::super::RequestError;
use super::*;

fn new_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

fn spki(point: &[u8]) -> Vec<u8> {
    let mut spki = vec![
        0x30, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x00, 0x00,
    ];
    spki[24] = u8::try_from(point.len() + 1).unwrap();
    spki.extend_from_slice(point);
    spki[1] = u8::try_from(spki.len() - 2).unwrap();
    spki
}

fn signed(info: &[u8], key: &EcdsaKeyPair) -> Vec<u8> {
    let signature = key.sign(&SystemRandom::new(), info).unwrap();
    pkcs10::request(info, signature.as_ref().try_into().unwrap()).unwrap()
}

#[test]
fn good_requests_give_their_key() {
    for genpkey in [P256, P384, RSA_3072] {
        for digest in ["-sha256", "-sha384", "-sha512"] {
            let der = request(genpkey, &[digest]);
            let key = verify_request(&der).unwrap_or_else(|error| panic!("{genpkey:?} {digest}: {error}"));
            let (_, parsed) = X509CertificationRequest::from_der(&der).unwrap();
            assert_eq!(key.spki(), parsed.certification_request_info.subject_pki.raw);
        }
    }
}

#[test]
fn the_phone_s_own_requests_are_good_and_each_key_has_one_hash() {
    let (one, other) = (new_key(), new_key());
    let info = pkcs10::info(&spki(one.public_key().as_ref())).unwrap();
    let first = verify_request(&signed(&info, &one)).unwrap();
    let again = verify_request(&signed(&info, &one)).unwrap();
    assert_eq!(first.sha256(), again.sha256());
    let info = pkcs10::info(&spki(other.public_key().as_ref())).unwrap();
    assert_ne!(
        first.sha256(),
        verify_request(&signed(&info, &other)).unwrap().sha256()
    );
}

#[test]
fn what_a_request_wishes_for_is_ignored() {
    let der = request(
        P256,
        &[
            "-subj",
            "/CN=Olga/O=Operators",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign",
            "-addext",
            "subjectAltName=email:olga@example.com",
        ],
    );
    let ca = Ca::new();
    let key = verify_request(&der).unwrap();
    let issued = ca.authority.issue(&order(&key)).unwrap();
    let (_, certificate) = X509Certificate::from_der(&issued.der).unwrap();
    assert!(!certificate.is_ca());
    assert!(!certificate.key_usage().unwrap().unwrap().value.key_cert_sign());
    assert_eq!(issued.subject, "CN=Anna Åström,UID=anna");
    let octets = String::from_utf8_lossy(&issued.der);
    assert!(!octets.contains("olga") && !octets.contains("Operators"));
}

#[test]
fn a_request_signed_by_another_key_proves_nothing() {
    let (mine, theirs) = (new_key(), new_key());
    let info = pkcs10::info(&spki(theirs.public_key().as_ref())).unwrap();
    assert_eq!(
        verify_request(&signed(&info, &mine)),
        Err(RequestError::ProofWrong)
    );
}

#[test]
fn weak_and_foreign_keys_are_refused() {
    let rsa = |bits| vec!["-algorithm", "RSA", "-pkeyopt", bits];
    let exponent = [RSA_3072, &["-pkeyopt", "rsa_keygen_pubexp:3"]].concat();
    let ec = |curve| vec!["-algorithm", "EC", "-pkeyopt", curve];
    let explicit = [P256, &["-pkeyopt", "ec_param_enc:explicit"]].concat();
    for genpkey in [
        rsa("rsa_keygen_bits:1024"),
        rsa("rsa_keygen_bits:2048"),
        rsa("rsa_keygen_bits:3071"),
        exponent,
        ec("ec_paramgen_curve:P-521"),
        ec("ec_paramgen_curve:P-224"),
        ec("ec_paramgen_curve:secp256k1"),
        ec("ec_paramgen_curve:brainpoolP256r1"),
        explicit,
        vec!["-algorithm", "ED25519"],
        vec!["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:3072"],
    ] {
        assert_eq!(
            verify_request(&request(&genpkey, &[])),
            Err(RequestError::KeyTypeRefused),
            "{genpkey:?}"
        );
    }
}

/// A compressed point would be a second spelling, and so a second hash, of a key that was used before.
#[test]
fn a_key_has_one_spelling() {
    let key = new_key();
    let point = key.public_key().as_ref();
    let compressed = [&[2 + point[64] % 2], &point[1..33]].concat();
    let info = pkcs10::info(&spki(&compressed)).unwrap();
    assert_eq!(
        verify_request(&signed(&info, &key)),
        Err(RequestError::KeyTypeRefused)
    );
}

#[test]
fn weak_hashes_prove_nothing() {
    for (genpkey, digest) in [
        (RSA_3072, "-md5"),
        (RSA_3072, "-sha1"),
        (P256, "-sha1"),
        (P256, "-sha3-256"),
    ] {
        assert_eq!(
            verify_request(&request(genpkey, &[digest])),
            Err(RequestError::ProofWrong),
            "{digest}"
        );
    }
    let pss = request(RSA_3072, &["-sigopt", "rsa_padding_mode:pss"]);
    assert_eq!(verify_request(&pss), Err(RequestError::ProofWrong));
}

#[test]
fn points_that_lie_on_no_curve_are_refused() {
    let key = new_key();
    let mut off = key.public_key().as_ref().to_vec();
    off[64] ^= 1;
    for (point, error) in [
        (off, RequestError::Malformed),
        ([&[4], [0_u8; 64].as_slice()].concat(), RequestError::Malformed),
        ([&[4], [0xff_u8; 64].as_slice()].concat(), RequestError::Malformed),
        (vec![0], RequestError::KeyTypeRefused),
        (vec![], RequestError::KeyTypeRefused),
    ] {
        let info = pkcs10::info(&spki(&point)).unwrap();
        assert_eq!(verify_request(&signed(&info, &key)), Err(error), "{point:?}");
    }
}

#[test]
fn every_truncation_and_every_flipped_bit_is_refused() {
    let key = new_key();
    let good = signed(&pkcs10::info(&spki(key.public_key().as_ref())).unwrap(), &key);
    assert!(verify_request(&good).is_ok());
    for length in 0..good.len() {
        assert_eq!(
            verify_request(&good[..length]),
            Err(RequestError::Malformed),
            "{length}"
        );
    }
    for bit in 0..8 * good.len() {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_request(&bad).is_err(), "bit {bit}");
    }
}

#[test]
fn trailing_data_is_refused_outside_and_inside() {
    let key = new_key();
    let info = pkcs10::info(&spki(key.public_key().as_ref())).unwrap();
    let good = signed(&info, &key);
    let outside = [&good, [5_u8, 0].as_slice()].concat();
    let mut inside = outside.clone();
    // A sequence of more than 127 octets: 30 81 LENGTH.
    assert_eq!(inside[..2], [0x30, 0x81]);
    inside[2] += 2;
    let mut longer = [&info, [5_u8, 0].as_slice()].concat();
    assert_eq!(longer[0], 0x30);
    longer[1] += 2;
    for bad in [outside, inside, signed(&longer, &key)] {
        assert_eq!(verify_request(&bad), Err(RequestError::Malformed));
    }
}

#[test]
fn garbage_and_ten_megabytes_are_refused() {
    for bad in [
        Vec::new(),
        b"-----BEGIN CERTIFICATE REQUEST-----".to_vec(),
        vec![0; 300],
        vec![0x30; 16 * 1024],
        vec![0xff; 10_000_000],
        [
            &[0x30, 0x84, 0, 0x98, 0x96, 0x7a],
            vec![0x30; 9_999_994].as_slice(),
        ]
        .concat(),
    ] {
        assert_eq!(verify_request(&bad), Err(RequestError::Malformed));
    }
    let certificate = Ca::new().authority.root_der().to_vec();
    assert_eq!(verify_request(&certificate), Err(RequestError::Malformed));
}

proptest::proptest! {
    #[test]
    fn no_octets_make_it_panic(octets in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        proptest::prop_assert_eq!(verify_request(&octets), Err(RequestError::Malformed));
    }
}
