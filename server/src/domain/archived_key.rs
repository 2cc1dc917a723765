//! An encryption key as it lies in the key archive.

use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedKey {
    /// Of its certificate; upper-case hex.
    pub serial: String,
    /// Whose it is.
    pub user: Uuid,
    /// Which recovery key opens it.
    pub recovery_key: String,
    /// `enc`, then ciphertext and tag (HPKE).
    pub sealed: Vec<u8>,
    pub archived_at: OffsetDateTime,
}
