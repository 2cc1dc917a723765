//! How long things wait, and how often they may fail. The defaults are the product's; settings may change them.

use time::{Duration, OffsetDateTime};

/// In which recoveries are counted.
pub const RECOVERY_WINDOW: Duration = Duration::hours(24);

/// Whatever is enough for other things.
const FRESH_TO_RECOVER: Duration = Duration::minutes(5);

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
    /// Processes in 24 hours that recover keys, for each user.
    pub recoveries_per_day: u32,
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
            recoveries_per_day: 5,
        }
    }
}

impl Limits {
    /// Whether a sign-in of that time still counts as the user at the keyboard.
    pub fn is_fresh(&self, signed_in_at: OffsetDateTime, now: OffsetDateTime) -> bool {
        now - signed_in_at <= self.fresh_sign_in
    }

    /// The same for somebody who recovers keys: five minutes, or less.
    pub fn is_fresh_to_recover(&self, signed_in_at: OffsetDateTime, now: OffsetDateTime) -> bool {
        self.is_fresh(signed_in_at, now) && now - signed_in_at <= FRESH_TO_RECOVER
    }

    /// How long a user must wait who recovered keys at these times of the last 24 hours, the earliest first.
    pub fn recovery_wait(&self, recovered: &[OffsetDateTime], now: OffsetDateTime) -> Option<Duration> {
        let most = usize::try_from(self.recoveries_per_day).unwrap_or(usize::MAX);
        let over = recovered.len().checked_sub(most)?;
        recovered.get(over).map(|at| *at + RECOVERY_WINDOW - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 14:00 UTC);

    #[test]
    fn the_sixth_recovery_waits_until_the_first_is_a_day_old() {
        let at = |hours: i64| NOW - Duration::hours(hours);
        let limits = Limits::default();
        for (recovered, wait) in [
            (vec![], None),
            (vec![at(23), at(4), at(3), at(2)], None),
            (vec![at(23), at(4), at(3), at(2), at(1)], Some(Duration::hours(1))),
            // The limit was lowered meanwhile.
            (
                vec![at(23), at(22), at(4), at(3), at(2), at(1)],
                Some(Duration::hours(2)),
            ),
        ] {
            assert_eq!(limits.recovery_wait(&recovered, NOW), wait, "{recovered:?}");
        }
    }

    #[test]
    fn a_sign_in_that_is_fresh_for_an_hour_recovers_for_five_minutes() {
        let limits = Limits {
            fresh_sign_in: Duration::hours(1),
            ..Limits::default()
        };
        for (minutes, is_fresh) in [(0, true), (5, true), (6, false)] {
            let signed_in_at = NOW - Duration::minutes(minutes);
            assert_eq!(
                limits.is_fresh_to_recover(signed_in_at, NOW),
                is_fresh,
                "{minutes}"
            );
        }
    }
}
