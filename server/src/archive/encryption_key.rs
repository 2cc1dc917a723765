//! The private key of an encryption certificate: made here, and sealed to the phone that it is for, with a challenge that
//! only its holder answers.

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    digest,
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeySize, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PrivateDecryptingKey},
};
use der::zeroize::Zeroizing;
use shared::{
    api::KeyType,
    protocol::delivery::{CHALLENGE_OCTETS, challenge_info, key_info},
};
use uuid::Uuid;

use super::{KeyError, hpke};
use crate::chance;

pub struct EncryptionKey {
    key_type: KeyType,
    /// PrivateKeyInfo, DER.
    pkcs8: Zeroizing<Vec<u8>>,
    /// SubjectPublicKeyInfo, DER.
    spki: Vec<u8>,
}

/// A key on its way to one phone: see `shared::api::SealedKey`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub encapsulated: Vec<u8>,
    pub ciphertext: Vec<u8>,
    pub challenge: Vec<u8>,
    /// SHA-256 of the challenge's 32 octets: what the phone's answer is compared with.
    pub answer_hash: [u8; 32],
}

impl EncryptionKey {
    /// RSA takes half a second of CPU and more: `Archive::make_key` has some in stock.
    pub fn make(key_type: KeyType) -> Result<Self, KeyError> {
        match key_type {
            KeyType::P256 => PrivateKey::generate(&ECDH_P256)
                .map_err(|_| KeyError)
                .and_then(|key| Self::p256(&key)),
            KeyType::Rsa3072 => PrivateDecryptingKey::generate(KeySize::Rsa3072)
                .map_err(|_| KeyError)
                .and_then(|key| Self::rsa(&key)),
        }
    }

    /// From PrivateKeyInfo, DER. The public key is computed anew: nothing else is believed.
    pub(super) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = PrivateKey::from_private_key_der(&ECDH_P256, pkcs8) {
            return Self::p256(&key);
        }
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| KeyError)?;
        if key.key_size_bytes() == KeySize::Rsa3072.len() {
            Self::rsa(&key)
        } else {
            Err(KeyError)
        }
    }

    fn p256(key: &PrivateKey) -> Result<Self, KeyError> {
        let public = key.compute_public_key().map_err(|_| KeyError)?;
        Self::of(KeyType::P256, &key.as_der(), &public.as_der())
    }

    fn rsa(key: &PrivateDecryptingKey) -> Result<Self, KeyError> {
        Self::of(KeyType::Rsa3072, &key.as_der(), &key.public_key().as_der())
    }

    fn of<E>(
        key_type: KeyType,
        private: &Result<Pkcs8V1Der<'_>, E>,
        public: &Result<PublicKeyX509Der<'_>, E>,
    ) -> Result<Self, KeyError> {
        let (Ok(private), Ok(public)) = (private, public) else {
            return Err(KeyError);
        };
        Ok(Self {
            key_type,
            pkcs8: Zeroizing::new(private.as_ref().to_vec()),
            spki: public.as_ref().to_vec(),
        })
    }

    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Seals it to a phone's transport key (SubjectPublicKeyInfo, DER), with a challenge that only its holder answers.
    pub fn deliver(&self, transport_key: &[u8], mobile_id: Uuid, serial: &str) -> Result<Delivery, KeyError> {
        let transport_key = hpke::point_of(transport_key)?;
        let message = hpke::seal(transport_key, &key_info(mobile_id, serial), &self.pkcs8)?;
        let answer: Zeroizing<[u8; CHALLENGE_OCTETS]> =
            Zeroizing::new(chance::octets().map_err(|_| KeyError)?);
        Ok(Delivery {
            encapsulated: message.enc,
            ciphertext: message.ciphertext,
            challenge: self.challenge(&*answer, mobile_id, serial)?,
            answer_hash: hash(&*answer),
        })
    }

    /// Encrypted to this key.
    fn challenge(&self, answer: &[u8], mobile_id: Uuid, serial: &str) -> Result<Vec<u8>, KeyError> {
        match self.key_type {
            KeyType::P256 => {
                let point = hpke::point_of(&self.spki)?;
                Ok(hpke::seal(point, &challenge_info(mobile_id, serial), answer)?.octets())
            }
            KeyType::Rsa3072 => {
                let key = PrivateDecryptingKey::from_pkcs8(&self.pkcs8).map_err(|_| KeyError)?;
                let key = OaepPublicEncryptingKey::new(key.public_key()).map_err(|_| KeyError)?;
                let mut octets = vec![0; key.ciphertext_size()];
                key.encrypt(&OAEP_SHA256_MGF1SHA256, answer, &mut octets, None)
                    .map_err(|_| KeyError)?;
                Ok(octets)
            }
        }
    }
}

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EncryptionKey({:?}, …)", self.key_type)
    }
}

/// Whether a phone's answer to a challenge is right. Takes the same time for every wrong one.
pub fn is_answer(answer: &[u8], expected: &[u8; 32]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(&hash(answer), expected).is_ok()
}

fn hash(octets: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let digest = digest::digest(&digest::SHA256, octets);
    hash.iter_mut()
        .zip(digest.as_ref())
        .for_each(|(to, from)| *to = *from);
    hash
}
