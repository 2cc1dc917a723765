//! What the use cases of the outbox share: a mail as it is listed, and why something cannot be sent.

use std::collections::BTreeSet;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    domain::mail::{Mail, State},
    mail::{BadAddress, TemplatesError, WriteError},
    store::StoreError,
};

/// A mail in the outbox, without its words.
#[derive(Debug)]
pub struct Listed {
    pub mail: Mail,
    /// Whether another try has something to send.
    pub can_retry: bool,
}

impl Listed {
    pub fn new(mail: Mail, with_words: &BTreeSet<Uuid>, now: OffsetDateTime) -> Self {
        Self {
            can_retry: matches!(mail.state, State::Waiting | State::Failed)
                && with_words.contains(&mail.id)
                && !mail.is_useless(now),
            mail,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("no mail path is configured: set mail.url")]
    Unavailable,
    #[error("there is no such mail")]
    NotFound,
    #[error(
        "there is nothing left of this mail to send: it is sent, cancelled, erased, or of no use any more"
    )]
    Gone,
    #[error("there is no e-mail address that mail can be sent to")]
    AddressMissing,
    #[error("the mail cannot be written")]
    Write(#[source] WriteError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for MailError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Address(BadAddress) => Self::AddressMissing,
            error => Self::Write(error),
        }
    }
}

impl From<TemplatesError> for MailError {
    fn from(error: TemplatesError) -> Self {
        Self::Write(error.into())
    }
}
