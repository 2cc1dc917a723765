//! What the test phone does with keys that are sealed to it: unwraps them, and answers their challenges.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    encoding::{AsDer, PublicKeyX509Der},
    rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey},
};
use shared::{
    api::{InstalledCertificate, KeyProof, KeyType},
    protocol::{
        self,
        delivery::{challenge_info, key_info},
        hpke,
    },
};
use uuid::Uuid;

/// What the phone agrees on keys with, and nothing else.
pub struct TransportKey {
    private: PrivateKey,
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
}

/// A key out of its seal.
pub struct Unwrapped {
    pub serial: String,
    /// PrivateKeyInfo, DER.
    pub pkcs8: Vec<u8>,
    /// To its challenge.
    pub answer: Vec<u8>,
}

impl TransportKey {
    pub fn make() -> Self {
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let public = private.compute_public_key().unwrap();
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(&public).unwrap();
        Self {
            spki: spki.as_ref().to_vec(),
            private,
        }
    }

    /// `None` where the seal is not for this key, this mobile ID and this certificate, or was changed.
    pub fn unwrap(&self, mobile_id: Uuid, certificate: &InstalledCertificate) -> Option<Unwrapped> {
        let sealed = certificate.sealed.as_ref()?;
        let [enc, ciphertext, challenge] = [&sealed.encapsulated, &sealed.ciphertext, &sealed.challenge]
            .map(|text| protocol::decode(text).unwrap());
        let serial = certificate.serial.clone();
        let pkcs8 = open(&self.private, &key_info(mobile_id, &serial), &enc, &ciphertext)?;
        let answer = match sealed.key_type {
            KeyType::P256 => {
                let key = PrivateKey::from_private_key_der(&ECDH_P256, &pkcs8).unwrap();
                let (enc, ciphertext) = hpke::split(&challenge)?;
                open(&key, &challenge_info(mobile_id, &serial), enc, ciphertext)?
            }
            KeyType::Rsa3072 => {
                let key = PrivateDecryptingKey::from_pkcs8(&pkcs8).unwrap();
                let key = OaepPrivateDecryptingKey::new(key).unwrap();
                let mut answer = vec![0; key.min_output_size()];
                let answer = key.decrypt(&OAEP_SHA256_MGF1SHA256, &challenge, &mut answer, None);
                answer.ok()?.to_vec()
            }
        };
        Some(Unwrapped {
            serial,
            pkcs8,
            answer,
        })
    }
}

impl Unwrapped {
    pub fn proof(&self) -> KeyProof {
        KeyProof {
            serial: self.serial.clone(),
            answer: protocol::encode(&self.answer),
        }
    }
}

/// HPKE's `Open` (RFC 9180, section 6.1).
fn open(key: &PrivateKey, info: &[u8], enc: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let own = key.compute_public_key().unwrap();
    let with = UnparsedPublicKey::new(&ECDH_P256, enc);
    let ecdh: [u8; 32] = agree(key, with, (), |agreed| agreed.try_into().map_err(|_| ())).ok()?;
    let message = hpke::message_key(&ecdh, enc, own.as_ref(), info);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &message.key).unwrap());
    let nonce = Nonce::assume_unique_for_key(message.nonce);
    let mut octets = ciphertext.to_vec();
    let opened = key.open_in_place(nonce, Aad::empty(), &mut octets).ok()?;
    Some(opened.to_vec())
}
