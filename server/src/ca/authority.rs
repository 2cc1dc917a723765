//! The authority as a whole: the root's certificate, and every generation of the issuing CA.

use std::iter;

use time::OffsetDateTime;

use super::root_list::RootList;
use super::{Generation, IssueError, Issued, Order};

/// Made by `open`.
#[derive(Debug)]
pub struct Authority {
    pub(super) root_der: Vec<u8>,
    pub(super) root_list: RootList,
    /// Generations 1 and up.
    pub(super) older: Vec<Generation>,
    pub(super) newest: Generation,
    pub(super) keys_are_in_memory: bool,
}

impl Authority {
    /// The root's certificate, DER.
    pub fn root_der(&self) -> &[u8] {
        &self.root_der
    }

    /// The root's list (DER), if there is one.
    pub fn root_crl(&self) -> std::io::Result<Option<Vec<u8>>> {
        self.root_list.read()
    }

    /// The generation that issues.
    pub const fn newest(&self) -> &Generation {
        &self.newest
    }

    /// Not in a token, which takes its time, or never answers.
    pub const fn keys_are_in_memory(&self) -> bool {
        self.keys_are_in_memory
    }

    /// From the first to the one that issues.
    pub fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.older.iter().chain(iter::once(&self.newest))
    }

    pub fn generation(&self, number: u32) -> Option<&Generation> {
        self.generations()
            .find(|generation| generation.number() == number)
    }

    /// The one that issued a certificate with this issuer (RFC 4514 text). `None`: another server has renewed the issuing
    /// CA since this one started.
    pub fn issued_by(&self, issuer: &str) -> Option<&Generation> {
        self.generations().find(|generation| generation.name() == issuer)
    }

    /// Of the generation that issues: no certificate can be valid sooner.
    pub const fn issuing_not_before(&self) -> OffsetDateTime {
        self.newest.not_before()
    }

    /// Of the generation that issues: no certificate can be valid longer.
    pub const fn issuing_not_after(&self) -> OffsetDateTime {
        self.newest.not_after()
    }

    /// By the newest generation.
    pub fn issue(&self, order: &Order<'_>) -> Result<Issued, IssueError> {
        self.newest.issue(order)
    }
}
