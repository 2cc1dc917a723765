//! How long things wait, and how often they may fail. The defaults are the product's; settings may change them.

use time::{Duration, OffsetDateTime};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the start until a phone takes part.
    pub process_ttl: Duration,
    /// From the claim until the keys.
    pub keys_ttl: Duration,
    /// From the keys until the pairing code.
    pub confirmation_ttl: Duration,
    /// From the issuance until the install receipt.
    pub receipt_ttl: Duration,
    /// How long a request to recover keys waits for a second person, and how long their approval counts.
    pub approval_ttl: Duration,
    /// A sign-in older than this is asked for the password again.
    pub fresh_sign_in: Duration,
    pub pairing_tries: u32,
    /// How long an activation code lives, on the screen and in a mail, whatever the options say: for tests and trials.
    pub code_ttl: Option<Duration>,
    /// A mobile ID that was paused for so many days is locked. `None`: never.
    pub lock_paused_after_days: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            process_ttl: Duration::hours(24),
            keys_ttl: Duration::minutes(10),
            confirmation_ttl: Duration::minutes(10),
            receipt_ttl: Duration::minutes(10),
            approval_ttl: Duration::hours(8),
            fresh_sign_in: Duration::minutes(5),
            pairing_tries: 5,
            code_ttl: None,
            lock_paused_after_days: Some(90),
        }
    }
}

impl Limits {
    /// Whether a sign-in of that time still counts as the user at the keyboard.
    pub fn is_fresh(&self, signed_in_at: OffsetDateTime, now: OffsetDateTime) -> bool {
        now - signed_in_at <= self.fresh_sign_in
    }
}
