//! A link in a mail: whoever has the mail may cancel the process that it tells of, or lock the mobile ID. Opening the
//! link does nothing; its page asks first.

use shared::api::{EncryptionFate, LockReason};
pub use shared::api::{MailLinkKind as Kind, MailLinkStanding as Standing};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    mobile_id::{MobileId, Outcome},
    process::Process,
    secret::Hash,
};

/// How long "This was not me" is known after the process has ended.
const NOT_ME_KEPT: Duration = Duration::days(7);
const LOCK_KEPT: Duration = Duration::days(30);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLink {
    /// Of the token in the mail.
    pub hash: Hash,
    pub kind: Kind,
    pub user: Uuid,
    pub process: Uuid,
    /// `Lock`: which.
    pub mobile_id: Option<Uuid>,
    /// `NotMe`: where the code was asked for, such as "Firefox on Linux".
    pub browser: Option<String>,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    /// When it did what it says.
    pub used_at: Option<OffsetDateTime>,
}

impl MailLink {
    pub fn not_me(hash: Hash, process: &Process, browser: &str, now: OffsetDateTime) -> Self {
        Self {
            hash,
            kind: Kind::NotMe,
            user: process.user,
            process: process.id,
            mobile_id: None,
            browser: Some(browser.to_owned()),
            created_at: now,
            expires_at: process.until().unwrap_or(now) + NOT_ME_KEPT,
            used_at: None,
        }
    }

    pub fn lock(hash: Hash, mobile_id: &MobileId, now: OffsetDateTime) -> Self {
        Self {
            hash,
            kind: Kind::Lock,
            user: mobile_id.user,
            process: mobile_id.process,
            mobile_id: Some(mobile_id.id),
            browser: None,
            created_at: now,
            expires_at: now + LOCK_KEPT,
            used_at: None,
        }
    }

    /// Whether it would do something, did, or comes too late. `mobile_id`: the one that it locks.
    pub fn standing(&self, process: &Process, mobile_id: Option<&MobileId>, now: OffsetDateTime) -> Standing {
        let is_open = match self.kind {
            Kind::NotMe => !process.state().is_final() && !process.is_over(now),
            Kind::Lock => mobile_id.is_some_and(|mobile_id| {
                let locked = mobile_id
                    .clone()
                    .lock(LockReason::DisownedByMail, EncryptionFate::Revoke, now);
                matches!(locked, Ok(Outcome::Changed(_)))
            }),
        };
        match (self.used_at, is_open) {
            (Some(_), _) => Standing::Done,
            (None, true) => Standing::Open,
            (None, false) => Standing::Over,
        }
    }
}
