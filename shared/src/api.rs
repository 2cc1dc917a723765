//! Wire types, one file an aggregate. What travels is JSON; field names are the words of the product.

mod device;
mod mail;
mod mobile_id;
mod mobile_id_test;
mod options;
mod process;
mod recovery;
mod session;

pub use device::*;
pub use mail::*;
pub use mobile_id::*;
pub use mobile_id_test::*;
pub use options::*;
pub use process::*;
pub use recovery::*;
pub use session::*;

use crate::wire;

wire! {
    /// A point in time as RFC 3339 text in UTC, such as `2026-11-22T14:02:09Z`. Text, because a browser's own
    /// `Date` and `Intl` read it, and no calendar needs to travel to the browser.
    #[derive(PartialOrd, Ord, Hash)]
    #[serde(transparent)]
    answer pub struct Timestamp(pub String);
}

wire! {
    /// What a key, and the certificate over it, is for.
    word pub enum Purpose {
        Authentication,
        Signature,
        Encryption,
    }
}

impl Purpose {
    /// In the order in which the protocol takes them.
    pub const ALL: [Self; 3] = [Self::Authentication, Self::Signature, Self::Encryption];

    /// The word as it stands on the wire, in messages that are signed, and in file names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Signature => "signature",
            Self::Encryption => "encryption",
        }
    }
}
