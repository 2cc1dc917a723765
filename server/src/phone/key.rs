//! The phone's keys: P-256, in software, one a purpose, and one to which archived keys are sealed.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use der::zeroize::Zeroizing;
use der::{SecretDocument, pem::LineEnding};
use shared::api::{Claimed, KeyRequest, Purpose, SubmitKeys};
use shared::protocol::{self, request};

use super::ecdh::EcdhKey;
use super::encryption_key::EncryptionKey;

const PEM_LABEL: &str = "PRIVATE KEY";

/// The cryptographic library refused, or a key file holds no P-256 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key could not be made, read or used")]
pub struct KeyError;

/// All that a phone holds in one enrollment.
#[derive(Debug)]
pub struct Keys {
    /// Made here, one a purpose.
    pub own: Vec<Key>,
    /// Where archived keys will come.
    pub transport: Option<EcdhKey>,
    /// Archived keys that came already, and were stored.
    pub stored: Vec<Arc<EncryptionKey>>,
}

impl Keys {
    /// New ones, as an answer to a claim wants them.
    pub fn make(claimed: &Claimed) -> Result<Self, KeyError> {
        let own: Result<Vec<Key>, KeyError> = claimed.purposes.iter().copied().map(Key::make).collect();
        Ok(Self {
            own: own?,
            transport: claimed.transport_key.then(EcdhKey::make).transpose()?,
            stored: Vec::new(),
        })
    }

    /// What the server gets of them.
    pub fn submission(&self) -> Result<SubmitKeys, KeyError> {
        let keys: Result<Vec<_>, KeyError> = self.own.iter().map(Key::request).collect();
        Ok(SubmitKeys {
            keys: keys?,
            transport_key: self.transport.as_ref().map(|key| protocol::encode(&key.spki)),
        })
    }

    /// The public keys that the pairing code is over: the transport key in the place of the purpose `encryption`.
    pub fn paired(&self) -> Vec<(Purpose, Vec<u8>)> {
        let own = self.own.iter().map(|key| (key.purpose, key.spki.clone()));
        let transport = self
            .transport
            .iter()
            .map(|key| (Purpose::Encryption, key.spki.clone()));
        own.chain(transport).collect()
    }
}

pub struct Key {
    pub purpose: Purpose,
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    pair: EcdsaKeyPair,
}

impl Key {
    pub fn make(purpose: Purpose) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError)?;
        Self::new(purpose, pair)
    }

    /// PKCS#8.
    pub fn from_pem(purpose: Purpose, pem: &str) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8(pem)?.as_bytes())
            .map_err(|_| KeyError)?;
        Self::new(purpose, pair)
    }

    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        pem(self.pair.to_pkcs8v1().map_err(|_| KeyError)?.as_ref())
    }

    /// A PKCS#10 request, signed by this key.
    pub fn request(&self) -> Result<KeyRequest, KeyError> {
        let info = request::info(&self.spki).map_err(|_| KeyError)?;
        let der = request::request(&info, &self.sign(&info)?).map_err(|_| KeyError)?;
        Ok(KeyRequest {
            purpose: self.purpose,
            request: protocol::encode(&der),
        })
    }

    /// ECDSA with SHA-256: r and s, 32 octets each.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        self.pair
            .sign(&SystemRandom::new(), message)
            .ok()
            .and_then(|signature| signature.as_ref().try_into().ok())
            .ok_or(KeyError)
    }

    fn new(purpose: Purpose, pair: EcdsaKeyPair) -> Result<Self, KeyError> {
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| KeyError)?;
        Ok(Self {
            purpose,
            spki: spki.as_ref().to_vec(),
            pair,
        })
    }
}

/// PKCS#8 (DER) as it is kept.
pub(super) fn pem(pkcs8: &[u8]) -> Result<Zeroizing<String>, KeyError> {
    SecretDocument::try_from(pkcs8)
        .and_then(|document| document.to_pem(PEM_LABEL, LineEnding::LF))
        .map_err(|_| KeyError)
}

pub(super) fn pkcs8(pem: &str) -> Result<SecretDocument, KeyError> {
    match SecretDocument::from_pem(pem) {
        Ok((PEM_LABEL, pkcs8)) => Ok(pkcs8),
        _ => Err(KeyError),
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, …)", self.purpose.as_str())
    }
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::{FromDer, X509CertificationRequest};

    use super::*;

    #[test]
    fn a_request_is_signed_by_its_key_and_the_key_survives_its_file() {
        let key = Key::make(Purpose::Signature).unwrap();
        let again = Key::from_pem(Purpose::Signature, &key.to_pem().unwrap()).unwrap();
        assert_eq!(again.spki, key.spki);
        let der = protocol::decode(&again.request().unwrap().request).unwrap();
        let (_, request) = X509CertificationRequest::from_der(&der).unwrap();
        request.verify_signature().unwrap();
        assert_eq!(request.certification_request_info.subject_pki.raw, key.spki);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let pem = Key::make(Purpose::Signature).unwrap().to_pem().unwrap();
        for bad in ["", &pem[..100], &pem.replace("PRIVATE", "PUBLIC")] {
            assert_eq!(
                Key::from_pem(Purpose::Signature, bad).err(),
                Some(KeyError),
                "{bad}"
            );
        }
    }
}
