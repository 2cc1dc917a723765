//! A mail in the outbox: what is known of it besides its words, and when it is tried again.

pub use shared::api::{Language, MailKind as Kind, MailState as State};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The first wait after a failure; it doubles from there.
const FIRST_WAIT: Duration = Duration::seconds(5);
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// How long the words of a mail that was given up are kept for another try.
pub const KEPT_FOR_RETRY: Duration = Duration::days(7);
/// Between two activation codes that are mailed for one process.
const RESEND_AFTER: Duration = Duration::seconds(60);
/// How many activation codes are mailed to a user in one hour.
pub const CODES_AN_HOUR: usize = 5;

/// Whom and what a mail concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Concerns {
    pub user: Option<Uuid>,
    pub process: Option<Uuid>,
    pub mobile_id: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub id: Uuid,
    /// With its angle brackets; the same at each try, so that who gets it twice can tell.
    pub message_id: String,
    pub kind: Kind,
    pub concerns: Concerns,
    pub address: String,
    pub language: Language,
    pub written_at: OffsetDateTime,
    pub state: State,
    /// Begun ones.
    pub attempts: u32,
    pub next_at: OffsetDateTime,
    pub give_up_at: OffsetDateTime,
    /// Such as the end of the activation code in it.
    pub useless_after: Option<OffsetDateTime>,
    pub lease_until: Option<OffsetDateTime>,
    pub handed_over_at: Option<OffsetDateTime>,
    /// What the mail server said, or why it could not be asked.
    pub last_answer: Option<String>,
}

impl Mail {
    pub fn is_useless(&self, now: OffsetDateTime) -> bool {
        self.useless_after.is_some_and(|end| end <= now)
    }

    /// After a try that failed for now. `None`: it is given up. `chance` spreads those that failed together.
    pub fn next_try(&self, now: OffsetDateTime, chance: [u8; 2]) -> Option<OffsetDateTime> {
        let at = now + wait(self.attempts, chance);
        let over = now >= self.give_up_at || self.useless_after.is_some_and(|end| end <= at);
        // One last try on the very end, rather than none after a long wait.
        (!over).then(|| at.min(self.give_up_at))
    }
}

/// Between half of the doubled wait and all of it.
fn wait(attempts: u32, chance: [u8; 2]) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let full = (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT);
    let part = f64::from(u16::from_be_bytes(chance)) / f64::from(u16::MAX);
    full / 2 + (full / 2) * part
}

/// A mail as it is written: waiting, with its words sealed.
#[derive(Clone)]
pub struct NewMail {
    pub mail: Mail,
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for NewMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NewMail").field(&self.mail).finish()
    }
}

/// An activation code that was mailed: for which process, and when.
pub type CodeMailed = (Option<Uuid>, OffsetDateTime);

/// From when on another code may be mailed for this process. `mailed`: the last ones to its user, newest first,
/// `CODES_AN_HOUR` of them. `None`: none was mailed yet, and nothing keeps one back.
pub fn resend_at(process: Uuid, mailed: &[CodeMailed]) -> Option<OffsetDateTime> {
    let last = mailed.iter().find(|(of, _)| *of == Some(process));
    let after_last = last.map(|(_, at)| *at + RESEND_AFTER);
    let after_hour = mailed.get(CODES_AN_HOUR - 1).map(|(_, at)| *at + Duration::HOUR);
    after_last.max(after_hour)
}

/// For a page that somebody else may see: `anna@example.com` becomes `a…@example.com`.
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

/// What stands in the outbox, for those who watch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub waiting: u64,
    pub sending: u64,
    pub sent: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub oldest_waiting: Option<OffsetDateTime>,
}

#[cfg(test)]
mod tests;
