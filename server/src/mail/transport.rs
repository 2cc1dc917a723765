//! Who takes a mail: a server over SMTP, or a folder.

pub mod folder;
pub mod smtp;

use std::fmt;

use async_trait::async_trait;
use lettre::Address;

/// A mail as it is handed over.
pub struct Parcel {
    /// A name that no other mail has.
    pub name: String,
    pub from: Address,
    pub to: Address,
    pub octets: Vec<u8>,
}

#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    async fn send(&self, parcel: &Parcel) -> Outcome;
}

/// What is known after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With the mail server's own words.
    Accepted(String),
    Later(Trouble),
    /// This mail to this address, for ever.
    Never(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub reason: String,
    /// No other mail would fare better now: the round ends.
    pub of_server: bool,
    /// Time alone does not mend it: somebody must look.
    pub alarm: bool,
}
