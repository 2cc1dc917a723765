//! The certification authority: takes requests apart, issues certificates and CRLs under RFC 5280, keeps its keys.
//!
//! rcgen's types stay in here. Nothing here knows users, processes or the database: whoever calls hands in names,
//! times and serial numbers, and records what is about to be issued before it asks.

mod authority;
mod certificate_file;
mod generation;
mod key_store;
mod name;
pub mod ocsp;
mod open;
mod profile;
mod proof;
mod public_key;
mod reliance;
mod renewal;
mod request;
mod root_list;
mod serial;
#[cfg(test)]
mod tests;

pub use authority::Authority;
pub use generation::{CrlError, Generation, IssueError, Issued, Order, Reason};
pub use key_store::{
    Agreement, Curve, FileKeyStore, Key, KeyPlace, KeyStore, KeyStoreError, Owner, TokenAccess,
    open as open_keys,
};
pub use name::{Subject, subject_text};
pub use open::OpenError;
pub use proof::{certified_key, is_signed_by};
pub use public_key::PublicKey;
pub use reliance::Path;
pub use renewal::{Renewal, RenewalError, newest_generation};
pub use request::{RequestError, verify_request};
pub use serial::{MalformedSerial, Serial};
