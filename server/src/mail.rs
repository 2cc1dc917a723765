//! The mail path: templates become messages, messages are sealed for the outbox, and a transport hands them over.
//!
//! lettre's and minijinja's types stay in here. Nothing here knows the database: a use case writes a mail
//! (`Mailer::write`), adds it to the outbox in its own transaction, and rings (`Mailer::ring`) after the commit.

mod address;
mod content;
mod mailer;
mod message;
mod png;
mod preview;
mod route;
mod seal;
mod templates;
mod transport;

pub use address::{BadAddress, is_address};
pub use content::{
    ActivationCode, Content, Created, Expiring, NotCreated, PauseEnds, RecoveryDecided, Test, sample,
};
pub use mailer::{Config, Letter, Mailer, OpenError, WriteError};
pub use preview::Preview;
pub use route::{Route, Tls, parse as parse_route, sender as parse_sender};
pub use templates::{Fault, Rendered, Templates, TemplatesError};
pub use transport::{Outcome, Trouble};
