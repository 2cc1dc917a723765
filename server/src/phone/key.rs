//! The phone's keys: P-256, in software, one a purpose.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use der::zeroize::Zeroizing;
use der::{SecretDocument, pem::LineEnding};
use shared::api::{KeyRequest, Purpose};
use shared::protocol::{self, request};

const PEM_LABEL: &str = "PRIVATE KEY";

/// The cryptographic library refused, or a key file holds no P-256 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key could not be made, read or used")]
pub struct KeyError;

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
        let (label, pkcs8) = SecretDocument::from_pem(pem).map_err(|_| KeyError)?;
        if label != PEM_LABEL {
            return Err(KeyError);
        }
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_bytes())
            .map_err(|_| KeyError)?;
        Self::new(purpose, pair)
    }

    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let pkcs8 = self.pair.to_pkcs8v1().map_err(|_| KeyError)?;
        SecretDocument::try_from(pkcs8.as_ref())
            .and_then(|document| document.to_pem(PEM_LABEL, LineEnding::LF))
            .map_err(|_| KeyError)
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
