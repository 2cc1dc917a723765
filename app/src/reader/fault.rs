//! Why a file is not opened. The words are the page's.

use shared::protocol::cms::{CmsError, Unsupported};

use crate::device::indexed_db::StorageRefused;
use crate::device::subtle::CryptoRefused;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The page was not loaded over https, or the browser is too old.
    BrowserUnfit,
    /// The browser gives nothing out of its storage.
    StorageRefused,
    /// This phone has no encryption certificate.
    NoCertificate,
    TooLarge,
    /// The browser cannot read it: it was moved, or is a folder.
    Unreadable,
    NotCms,
    Signed,
    NotEncrypted,
    NotForThisPhone,
    /// What it was encrypted with, in technical terms.
    Unsupported(String),
    Damaged,
}

impl Fault {
    /// Whether another file may do better.
    pub const fn is_the_files(&self) -> bool {
        !matches!(
            self,
            Self::BrowserUnfit | Self::StorageRefused | Self::NoCertificate
        )
    }
}

impl From<StorageRefused> for Fault {
    fn from(_: StorageRefused) -> Self {
        Self::StorageRefused
    }
}

/// A key that works refuses only what was not encrypted to it, or was altered since.
impl From<CryptoRefused> for Fault {
    fn from(_: CryptoRefused) -> Self {
        Self::Damaged
    }
}

impl From<Unsupported> for Fault {
    fn from(unsupported: Unsupported) -> Self {
        Self::Unsupported(unsupported.0.into_owned())
    }
}

impl From<CmsError> for Fault {
    fn from(error: CmsError) -> Self {
        match error {
            CmsError::NotCms => Self::NotCms,
            CmsError::Signed => Self::Signed,
            CmsError::NotEncrypted => Self::NotEncrypted,
            CmsError::Unsupported(unsupported) => unsupported.into(),
            CmsError::TooManyRecipients => Self::TooLarge,
            CmsError::Damaged => Self::Damaged,
        }
    }
}
