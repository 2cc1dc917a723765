//! What the CA tells the world of certificates that count no more: when a published list must be followed by another.

use time::{Duration, OffsetDateTime};

/// How long a list may be relied on.
pub const CRL_LIFETIME: Duration = Duration::days(1);

/// A certificate revocation list that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    /// Grows from list to list (RFC 5280, section 5.2.3).
    pub number: u64,
    /// The count of changes that it knows of.
    pub revision: i64,
    pub this_update: OffsetDateTime,
    pub next_update: OffsetDateTime,
    pub der: Vec<u8>,
}

/// A list to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextCrl {
    pub number: u64,
    pub this_update: OffsetDateTime,
    pub next_update: OffsetDateTime,
    /// What expired before then has stood on a list after its end and is left out (RFC 5280, section 3.3).
    pub listed_from: OffsetDateTime,
}

impl Crl {
    /// It tells the truth, and will for a while: half of its life lies before it. One from the future (a clock that was
    /// set back) is the truth as well, as long as nothing has changed.
    pub fn is_current(&self, revision: i64, now: OffsetDateTime) -> bool {
        self.revision == revision && now < self.next_update - CRL_LIFETIME / 2
    }
}

impl NextCrl {
    /// `newest`: number and time of the list before, if there is one. Numbers begin with the clock's milliseconds,
    /// which earlier versions of this program gave.
    pub fn after(newest: Option<(u64, OffsetDateTime)>, now: OffsetDateTime) -> Self {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let (number, before) = newest.map_or((millis, now), |(number, at)| (number + 1, at));
        // Time on lists goes forward, whatever the clock does.
        let this_update = now.max(before);
        Self {
            number,
            this_update,
            next_update: this_update + CRL_LIFETIME,
            listed_from: before.min(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    #[test]
    fn a_list_is_followed_when_something_changed_or_half_its_life_is_over() {
        let crl = Crl {
            number: 7,
            revision: 3,
            this_update: NOW,
            next_update: NOW + CRL_LIFETIME,
            der: vec![],
        };
        for (revision, after, is_current) in [
            (3, Duration::ZERO, true),
            (3, Duration::hours(11), true),
            (3, Duration::hours(12), false),
            (3, Duration::hours(-5), true),
            (4, Duration::ZERO, false),
            (2, Duration::ZERO, false),
        ] {
            assert_eq!(
                crl.is_current(revision, NOW + after),
                is_current,
                "{revision} {after}"
            );
        }
    }

    #[test]
    fn numbers_and_times_go_forward_whatever_the_clock_does() {
        let first = NextCrl::after(None, NOW);
        assert_eq!(first.number, 1_795_694_400_000);
        let next = NextCrl::after(Some((first.number, first.this_update)), NOW + Duration::hours(1));
        assert_eq!(next.number, first.number + 1);
        assert_eq!(
            (next.this_update, next.listed_from),
            (NOW + Duration::hours(1), NOW)
        );
        let set_back = NextCrl::after(Some((next.number, next.this_update)), NOW - Duration::days(3));
        assert_eq!(set_back.number, next.number + 1);
        assert_eq!(set_back.this_update, next.this_update);
        assert_eq!(set_back.next_update, next.this_update + CRL_LIFETIME);
    }
}
