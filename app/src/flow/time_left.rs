//! Time that is left, as a clock face and as a number with its unit.

/// Whole seconds until `end`, both in milliseconds; none after it.
pub fn seconds_until(end: f64, now: f64) -> u32 {
    let seconds = ((end - now) / 1000.0).ceil().clamp(0.0, f64::from(u32::MAX));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u32 and whole"
    )]
    let whole = seconds as u32;
    whole
}

/// `4:12`.
pub fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    Seconds(u32),
    Minutes(u32),
}

/// As one says it: seconds up to a minute and a half, then minutes, rounded up so that nobody comes too early.
pub fn spoken(seconds: u32) -> Spoken {
    if seconds <= 90 {
        Spoken::Seconds(seconds)
    } else {
        Spoken::Minutes(seconds.div_ceil(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_and_never_negative() {
        for (end, now, left) in [
            (10_000.0, 0.0, 10),
            (10_001.0, 0.0, 11),
            (0.0, 10_000.0, 0),
            (f64::INFINITY, 0.0, u32::MAX),
        ] {
            assert_eq!(seconds_until(end, now), left, "{end} {now}");
        }
    }

    #[test]
    fn the_clock_has_two_digits_of_seconds() {
        for (seconds, face) in [(0, "0:00"), (9, "0:09"), (252, "4:12"), (3600, "60:00")] {
            assert_eq!(clock(seconds), face);
        }
    }

    #[test]
    fn people_are_told_seconds_or_minutes() {
        for (seconds, said) in [
            (1, Spoken::Seconds(1)),
            (90, Spoken::Seconds(90)),
            (91, Spoken::Minutes(2)),
            (120, Spoken::Minutes(2)),
            (121, Spoken::Minutes(3)),
        ] {
            assert_eq!(spoken(seconds), said);
        }
    }
}
