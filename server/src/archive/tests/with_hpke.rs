//! Our HPKE and the crate `hpke`, which is somebody else's: what one seals, the other opens.

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    encoding::{AsBigEndian as _, EcPrivateKeyBin},
};
use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::AesGcm256, kdf::HkdfSha256,
    kem::DhP256HkdfSha256 as Kem, single_shot_open, single_shot_seal,
};
use shared::protocol::hpke::split;

use super::super::hpke as ours;

type PublicKey = <Kem as hpke::Kem>::PublicKey;
type Secret = <Kem as hpke::Kem>::PrivateKey;
type Enc = <Kem as hpke::Kem>::EncappedKey;

const INFO: &[u8] = b"info";

fn key() -> (PrivateKey, Vec<u8>) {
    let key = PrivateKey::generate(&ECDH_P256).unwrap();
    let point = key.compute_public_key().unwrap().as_ref().to_vec();
    (key, point)
}

#[test]
fn what_we_seal_the_crate_opens() {
    for length in [0, 1, 138, 1_800] {
        let (key, point) = key();
        let plaintext = vec![7; length];
        let message = ours::seal(&point, INFO, &plaintext).unwrap();
        let secret: EcPrivateKeyBin<'_> = key.as_be_bytes().unwrap();
        let secret = Secret::from_bytes(secret.as_ref()).unwrap();
        assert_eq!(Kem::sk_to_pk(&secret).to_bytes().as_slice(), point);
        let enc = Enc::from_bytes(&message.enc).unwrap();
        let mode = OpModeR::Base;
        let opened = single_shot_open::<AesGcm256, HkdfSha256, Kem>(
            &mode,
            &secret,
            &enc,
            INFO,
            &message.ciphertext,
            &[],
        );
        assert_eq!(opened.unwrap(), plaintext);
    }
}

#[test]
fn what_the_crate_seals_we_open() {
    for length in [0, 1, 138, 1_800] {
        let (key, point) = key();
        let plaintext = vec![7; length];
        let recipient = PublicKey::from_bytes(&point).unwrap();
        let (enc, ciphertext) =
            single_shot_seal::<AesGcm256, HkdfSha256, Kem>(&OpModeS::Base, &recipient, INFO, &plaintext, &[])
                .unwrap();
        let message = [enc.to_bytes().as_slice(), &ciphertext].concat();
        let (enc, ciphertext) = split(&message).unwrap();
        assert_eq!(*ours::open(&key, INFO, enc, ciphertext).unwrap(), plaintext);
    }
}
