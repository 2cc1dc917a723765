//! An encryption certificate with its private key, which the CA side made or archived and sealed to this phone.

use std::sync::Arc;

use shared::api::{InstalledCertificate, KeyProof, KeyType, SealedKey};
use shared::protocol::{self, delivery};
use uuid::Uuid;

use super::{Fault, check_serial, check_usage, parse_one};
use crate::phone::encryption_key::{Answer, EncryptionKey};
use crate::phone::key::Keys;

#[derive(Debug)]
pub struct Delivered {
    /// Upper-case hex, as the certificate has it.
    pub serial: String,
    /// DER.
    pub certificate: Vec<u8>,
    pub key: Arc<EncryptionKey>,
    /// To the challenge; none where the key was stored by an earlier run and the receipt is in.
    answer: Option<Answer>,
}

impl Delivered {
    /// Unwraps the key, or finds it among those stored, and checks that it is the certified one.
    pub(super) fn take(entry: &InstalledCertificate, keys: &Keys, mobile_id: Uuid) -> Result<Self, Fault> {
        let der = protocol::decode(&entry.certificate).ok_or(Fault::Unreadable)?;
        let certificate = parse_one(&der)?;
        check_serial(entry, &certificate)?;
        let spki = certificate.public_key().raw;
        let (key, answer) = match &entry.sealed {
            Some(sealed) => {
                let key = unwrap(sealed, keys, mobile_id, &entry.serial)?;
                if key.key_type() != sealed.key_type || key.spki().ok().as_deref() != Some(spki) {
                    return Err(Fault::ForeignKey);
                }
                let answer = protocol::decode(&sealed.challenge)
                    .and_then(|challenge| key.answer(&challenge, mobile_id, &entry.serial).ok());
                (Arc::new(key), Some(answer.ok_or(Fault::NoAnswer)?))
            }
            None => (stored(keys, spki)?, None),
        };
        check_usage(&certificate, |usage| match key.key_type() {
            KeyType::P256 => usage.key_agreement(),
            KeyType::Rsa3072 => usage.key_encipherment(),
        })?;
        Ok(Self {
            serial: entry.serial.clone(),
            certificate: der,
            key,
            answer,
        })
    }

    pub(super) fn proof(&self) -> Option<KeyProof> {
        Some(KeyProof {
            serial: self.serial.clone(),
            answer: protocol::encode(&self.answer?),
        })
    }
}

fn unwrap(sealed: &SealedKey, keys: &Keys, mobile_id: Uuid, serial: &str) -> Result<EncryptionKey, Fault> {
    let transport = keys.transport.as_ref().ok_or(Fault::NotUnwrapped)?;
    let encapsulated = protocol::decode(&sealed.encapsulated).ok_or(Fault::Unreadable)?;
    let ciphertext = protocol::decode(&sealed.ciphertext).ok_or(Fault::Unreadable)?;
    let pkcs8 = transport
        .open(&encapsulated, &ciphertext, &delivery::key_info(mobile_id, serial))
        .map_err(|_| Fault::NotUnwrapped)?;
    EncryptionKey::from_pkcs8(&pkcs8).map_err(|_| Fault::NotUnwrapped)
}

/// The key that an earlier run stored for this certificate.
fn stored(keys: &Keys, spki: &[u8]) -> Result<Arc<EncryptionKey>, Fault> {
    keys.stored
        .iter()
        .find(|key| key.spki().ok().as_deref() == Some(spki))
        .cloned()
        .ok_or(Fault::KeyMissing)
}

#[cfg(test)]
impl Delivered {
    /// As if it had been taken.
    pub fn for_test(serial: &str, key: EncryptionKey) -> Self {
        Self {
            serial: serial.into(),
            certificate: vec![0x30, 0],
            key: Arc::new(key),
            answer: None,
        }
    }
}
