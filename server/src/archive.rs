//! The key archive: encryption keys, made here, each sealed for itself (HPKE, RFC 9180) to a recovery key that is apart
//! from the CA's, and sealed again to a phone's transport key. Rows are the store's.

use aws_lc_rs::digest;
use der::zeroize::Zeroizing;
use shared::api::KeyType;
use uuid::Uuid;

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

/// The private key of an encryption certificate.
pub struct EncryptionKey {
    key_type: KeyType,
    /// PrivateKeyInfo, DER.
    pkcs8: Zeroizing<Vec<u8>>,
    /// SubjectPublicKeyInfo, DER.
    spki: Vec<u8>,
}

/// A key as it lies in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which recovery key opens it.
    pub recovery_key: String,
    /// `enc`, then ciphertext and tag.
    pub octets: Vec<u8>,
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
    /// RSA takes half a second of CPU: never on a thread that serves.
    pub fn make(key_type: KeyType) -> Result<Self, KeyError> {
        let _ = key_type;
        Err(KeyError)
    }

    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Seals it to a phone's transport key (SubjectPublicKeyInfo, DER), with a challenge that only its holder answers.
    pub fn deliver(&self, transport_key: &[u8], mobile_id: Uuid, serial: &str) -> Result<Delivery, KeyError> {
        let _ = (transport_key, mobile_id, serial, &self.pkcs8);
        Err(KeyError)
    }
}

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EncryptionKey({:?}, …)", self.key_type)
    }
}

/// Whether a phone's answer to a challenge is right. Takes the same time for every wrong one.
pub fn is_answer(answer: &[u8], hash: &[u8; 32]) -> bool {
    let answer = digest::digest(&digest::SHA256, answer);
    aws_lc_rs::constant_time::verify_slices_are_equal(answer.as_ref(), hash).is_ok()
}

/// The archive at work, or why there is none.
#[derive(Debug)]
pub struct Archive(());

impl Archive {
    pub const fn missing() -> Self {
        Self(())
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
        let _ = (user, serial, key);
        self.check()?;
        Err(ArchiveError::Damaged {
            serial: serial.to_owned(),
        })
    }

    /// Likewise.
    pub fn open(&self, user: Uuid, serial: &str, sealed: &Sealed) -> Result<EncryptionKey, ArchiveError> {
        let _ = (user, sealed);
        self.check()?;
        Err(ArchiveError::Damaged {
            serial: serial.to_owned(),
        })
    }
}
