//! When a paused mobile ID is locked for good, where the installation does that, and when its user is told so before.

use shared::api::{MobileIdState, ReminderValues};
use time::{Duration, OffsetDateTime};

use super::MobileId;
use crate::domain::reminder;

/// Days before the end of a pause at which the first mail goes.
pub const FIRST_ANNOUNCED: u32 = 14;
const ANNOUNCED: [u32; 3] = [FIRST_ANNOUNCED, 7, 1];
/// Nothing is locked that was not announced so long before, where it could be.
const AHEAD: Duration = Duration::DAY;

/// A mail that said when the pause ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// Its name: the days before the end.
    pub days_before: u32,
    pub at: OffsetDateTime,
}

impl MobileId {
    /// When it is locked for having been paused for longer than `most_days`. `None`: never, or it is not paused, or its
    /// own time is over first.
    pub fn locks_at(&self, most_days: Option<u32>, now: OffsetDateTime) -> Option<OffsetDateTime> {
        if self.state_at(now) != MobileIdState::Inactive {
            return None;
        }
        let end = self.state_since + Duration::days(i64::from(most_days?));
        // A server that was down announced late.
        let end = self
            .pause_end
            .map_or(end, |announced| end.max(announced.at + AHEAD));
        Some(end).filter(|end| *end <= self.valid_until)
    }

    /// The mail that is due now, by the days before the end, and the end that it tells of. None goes twice, and of
    /// several that were missed the most urgent one goes.
    pub fn pause_end_due(
        &self,
        most_days: Option<u32>,
        now: OffsetDateTime,
    ) -> Option<(u32, OffsetDateTime)> {
        let end = self.locks_at(most_days, now)?;
        let end = match self.pause_end {
            None => end.max(now + AHEAD),
            Some(_) => end,
        };
        let within = |days: &u32| *days == 1 || most_days.is_some_and(|most| *days < most);
        let values = ReminderValues {
            days_before: ANNOUNCED.into_iter().filter(within).collect(),
            each_day: false,
        };
        let sent = self.pause_end.map(|announced| announced.days_before);
        reminder::due(&values, end, now, sent).map(|days| (days, end))
    }

    #[must_use]
    pub fn announce_pause_end(self, days_before: u32, at: OffsetDateTime) -> Self {
        Self {
            pause_end: Some(Announced { days_before, at }),
            ..self
        }
    }
}
