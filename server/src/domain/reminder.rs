//! When a user is reminded that a mobile ID ends. A reminder has the number of days before the end as its name, and
//! none goes twice for one mobile ID.

use shared::api::ReminderValues;
use time::{Duration, OffsetDateTime};

/// No reminder goes earlier than so many days before the end.
pub const FURTHEST: u32 = 365;
/// How many days a list may name.
pub const MOST: usize = 20;

/// Where the administrator has changed nothing.
pub fn defaults() -> ReminderValues {
    ReminderValues {
        days_before: vec![60, 30, 14, 7],
        each_day: true,
    }
}

/// Days that are left, a begun one counts. 0: it has ended.
pub fn days_left(valid_until: OffsetDateTime, now: OffsetDateTime) -> u32 {
    let left = valid_until - now;
    let begun = i64::from(left > Duration::days(left.whole_days()));
    u32::try_from(left.whole_days() + begun).unwrap_or_default()
}

/// From the greatest day of the reminders on.
pub fn is_near(values: &ReminderValues, valid_until: OffsetDateTime, now: OffsetDateTime) -> bool {
    let left = days_left(valid_until, now);
    left > 0
        && values
            .days_before
            .iter()
            .max()
            .is_some_and(|first| left <= *first)
}

/// The reminder that is due now. `sent`: the most urgent one that went already, the one with the fewest days. Of
/// several that were missed only the most urgent is due, and none that is less urgent than one that went: a clock
/// that was set back repeats nothing.
pub fn due(
    values: &ReminderValues,
    valid_until: OffsetDateTime,
    now: OffsetDateTime,
    sent: Option<u32>,
) -> Option<u32> {
    let left = days_left(valid_until, now);
    if left == 0 {
        return None;
    }
    let reached = days(values).into_iter().filter(|days| left <= *days).min()?;
    sent.is_none_or(|sent| reached < sent).then_some(reached)
}

/// When reminders go from now on, in order.
pub fn dates(
    values: &ReminderValues,
    valid_until: OffsetDateTime,
    now: OffsetDateTime,
) -> Vec<OffsetDateTime> {
    let dates = days(values)
        .into_iter()
        .filter_map(|days| valid_until.checked_sub(Duration::days(i64::from(days))));
    dates.filter(|date| *date > now).collect()
}

/// Every day on which a reminder goes, the greatest first.
fn days(values: &ReminderValues) -> Vec<u32> {
    let mut days = values.days_before.clone();
    if let Some(last) = days.iter().min().copied()
        && values.each_day
    {
        days.extend(1..last);
    }
    days.sort_unstable_by(|one, other| other.cmp(one));
    days.dedup();
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const END: OffsetDateTime = datetime!(2028-11-22 12:00 UTC);

    fn values(days_before: &[u32], each_day: bool) -> ReminderValues {
        ReminderValues {
            days_before: days_before.to_vec(),
            each_day,
        }
    }

    /// So long before the end.
    fn before(left: Duration) -> OffsetDateTime {
        END - left
    }

    #[test]
    fn a_begun_day_counts() {
        let milli = Duration::MILLISECOND;
        for (left, days) in [
            (Duration::days(60), 60),
            (Duration::days(60) + milli, 61),
            (Duration::days(59) + milli, 60),
            (milli, 1),
            (Duration::ZERO, 0),
            (-milli, 0),
            (-Duration::days(3), 0),
        ] {
            assert_eq!(days_left(END, before(left)), days, "{left}");
        }
    }

    #[test]
    fn what_is_due() {
        let (default, milli) = (defaults(), Duration::MILLISECOND);
        let off = values(&[60, 30, 14, 7], false);
        let day = Duration::days;
        let table = [
            // At the day's very beginning, and not before.
            (&default, day(60) + milli, None, None),
            (&default, day(60), None, Some(60)),
            (&default, day(60), Some(60), None),
            (&default, day(45), Some(60), None),
            (&default, day(30) + milli, Some(60), None),
            (&default, day(30), Some(60), Some(30)),
            (&default, day(7), Some(14), Some(7)),
            // Every day after the last one.
            (&default, day(6) + milli, Some(7), None),
            (&default, day(6), Some(7), Some(6)),
            (&default, day(5) + milli, Some(6), None),
            (&default, day(1), Some(2), Some(1)),
            (&default, milli, Some(1), None),
            (&default, milli, None, Some(1)),
            (&off, day(6), Some(7), None),
            (&off, milli, Some(7), None),
            // The server was down: only the most urgent one of those that were missed.
            (&default, day(20), None, Some(30)),
            (&default, day(10), Some(60), Some(14)),
            (&default, day(3), Some(30), Some(3)),
            (&off, day(3), Some(30), Some(7)),
            (&off, day(3), None, Some(7)),
            // The clock was set back.
            (&default, day(40), Some(30), None),
            (&default, day(6), Some(5), None),
            // Over.
            (&default, Duration::ZERO, None, None),
            (&default, -day(1), Some(1), None),
            // No reminders at all, and one only.
            (&values(&[], true), day(1), None, None),
            (&values(&[1], true), day(1), None, Some(1)),
            (&values(&[365], false), day(365), None, Some(365)),
            (&values(&[3], true), day(2), Some(3), Some(2)),
            // The script was changed meanwhile.
            (&values(&[90, 45], false), day(40), Some(60), Some(45)),
            (&values(&[90], false), day(40), Some(60), None),
        ];
        for (values, left, sent, expected) in table {
            assert_eq!(
                due(values, END, before(left), sent),
                expected,
                "{values:?}, {left} left, {sent:?} sent"
            );
        }
    }

    #[test]
    fn the_dates_that_are_shown_are_those_on_which_reminders_go() {
        let all = dates(&defaults(), END, END - Duration::days(100));
        assert_eq!(all.len(), 10);
        assert_eq!(all.first(), Some(&datetime!(2028-09-23 12:00 UTC)));
        assert_eq!(all.last(), Some(&datetime!(2028-11-21 12:00 UTC)));
        // Walking along the time, reminder by reminder, meets the same ones.
        let (mut now, mut sent, mut met) = (END - Duration::days(100), None, vec![]);
        while now < END {
            if let Some(days) = due(&defaults(), END, now, sent) {
                sent = Some(days);
                met.push(now);
            }
            now += Duration::HOUR;
        }
        assert_eq!(met, all);
        assert_eq!(dates(&defaults(), END, END - Duration::days(7)).len(), 6);
        assert_eq!(
            dates(&values(&[30], false), END, END - Duration::days(31)).len(),
            1
        );
        assert!(dates(&values(&[], true), END, END - Duration::days(31)).is_empty());
    }

    #[test]
    fn the_banner_begins_with_the_first_reminder() {
        let near = |values: &ReminderValues, days| is_near(values, END, before(Duration::days(days)));
        assert!(!near(&defaults(), 61));
        for days in [60, 30, 1] {
            assert!(near(&defaults(), days), "{days}");
        }
        assert!(!near(&defaults(), 0) && !near(&values(&[], true), 1));
    }
}
