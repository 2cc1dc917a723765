//! The private key of an encryption certificate, which the CA side made and archived: as it is unwrapped, proved, and
//! kept.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use der::zeroize::Zeroizing;
use shared::api::KeyType;
use shared::protocol::delivery::{self, CHALLENGE_OCTETS};
use shared::protocol::hpke;
use uuid::Uuid;

use super::ecdh::EcdhKey;
use super::key::{self, KeyError};

/// What a challenge holds.
pub type Answer = [u8; CHALLENGE_OCTETS];

#[derive(Debug)]
pub enum EncryptionKey {
    P256(EcdhKey),
    Rsa(PrivateDecryptingKey),
}

impl EncryptionKey {
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        EcdhKey::from_pkcs8(pkcs8).map(Self::P256).or_else(|_| {
            let rsa = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| KeyError)?;
            Ok(Self::Rsa(rsa))
        })
    }

    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Self::from_pkcs8(key::pkcs8(pem)?.as_bytes())
    }

    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        match self {
            Self::P256(key) => key.to_pem(),
            Self::Rsa(key) => {
                let pkcs8: Pkcs8V1Der<'_> = key.as_der().map_err(|_| KeyError)?;
                key::pem(pkcs8.as_ref())
            }
        }
    }

    pub const fn key_type(&self) -> KeyType {
        match self {
            Self::P256(_) => KeyType::P256,
            Self::Rsa(_) => KeyType::Rsa3072,
        }
    }

    /// SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::P256(key) => Ok(key.spki.clone()),
            Self::Rsa(key) => {
                let spki: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| KeyError)?;
                Ok(spki.as_ref().to_vec())
            }
        }
    }

    /// Decrypts the challenge that only the holder of this key can.
    pub fn answer(&self, challenge: &[u8], mobile_id: Uuid, serial: &str) -> Result<Answer, KeyError> {
        let answer = match self {
            Self::P256(key) => {
                let (enc, ciphertext) = hpke::split(challenge).ok_or(KeyError)?;
                key.open(enc, ciphertext, &delivery::challenge_info(mobile_id, serial))?
            }
            Self::Rsa(key) => {
                let key = OaepPrivateDecryptingKey::new(key.clone()).map_err(|_| KeyError)?;
                let mut octets = Zeroizing::new(vec![0; key.min_output_size()]);
                let answer = key
                    .decrypt(&OAEP_SHA256_MGF1SHA256, challenge, &mut octets, None)
                    .map_err(|_| KeyError)?
                    .len();
                octets.truncate(answer);
                octets
            }
        };
        answer.as_slice().try_into().map_err(|_| KeyError)
    }
}
