//! The key archive: encryption keys, made here, each sealed for itself (HPKE, RFC 9180) to a recovery key that is apart
//! from the CA's, and sealed again to a phone's transport key. Rows are the store's.

mod encryption_key;
pub mod hpke;
#[cfg(test)]
mod tests;

use shared::api::KeyType;
use uuid::Uuid;

pub use encryption_key::{Delivery, EncryptionKey, is_answer};

/// Why the archive cannot be used, for administrators.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0}")]
    Unavailable(String),
    /// Changed, or another user's or certificate's.
    #[error("the archived key of certificate {serial} does not open: its row is damaged")]
    Damaged { serial: String },
}

/// A key that could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an encryption key could not be made, read or used")]
pub struct KeyError;

/// A key as it lies in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which recovery key opens it.
    pub recovery_key: String,
    /// `enc`, then ciphertext and tag.
    pub octets: Vec<u8>,
}

/// The archive at work, or why there is none.
#[derive(Debug)]
pub struct Archive(());

impl Archive {
    pub const fn missing() -> Self {
        Self(())
    }

    /// A new key of the type that is made here (`archive.key_type`). Not on a thread that serves.
    pub fn make_key(&self) -> Result<EncryptionKey, KeyError> {
        EncryptionKey::make(self.key_type())
    }

    /// The type of keys that are made (`archive.key_type`).
    pub const fn key_type(&self) -> KeyType {
        KeyType::P256
    }

    /// Whether keys can be sealed and opened now.
    pub fn check(&self) -> Result<(), ArchiveError> {
        Err(ArchiveError::Unavailable(
            "the key archive is not there yet".into(),
        ))
    }

    /// Bound to user and serial number. May wait for a token: not on a thread that serves.
    pub fn seal(&self, user: Uuid, serial: &str, key: &EncryptionKey) -> Result<Sealed, ArchiveError> {
        let _ = (user, key.pkcs8());
        self.check()?;
        Err(ArchiveError::Damaged {
            serial: serial.to_owned(),
        })
    }

    /// Likewise.
    pub fn open(&self, user: Uuid, serial: &str, sealed: &Sealed) -> Result<EncryptionKey, ArchiveError> {
        let _ = (user, EncryptionKey::from_pkcs8(&sealed.octets));
        self.check()?;
        Err(ArchiveError::Damaged {
            serial: serial.to_owned(),
        })
    }
}
