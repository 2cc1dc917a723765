//! What the CA tells the world of certificates that count no more: when a published list must be followed by another.

use time::{Duration, OffsetDateTime};

/// How long a list may be relied on.
pub const CRL_LIFETIME: Duration = Duration::days(1);

/// A certificate revocation list that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    /// Grows from list to list (RFC 5280, section 5.2.3), and is no other issuer's.
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
    /// `before`: when this issuer's list before began, if there is one. `taken`: the greatest number that any list has.
    /// Numbers follow the clock's milliseconds where those are greater: a CA that was restored from a back-up, and does
    /// not know what it published since, goes on beyond all that the world has seen.
    pub fn after(before: Option<OffsetDateTime>, taken: Option<u64>, now: OffsetDateTime) -> Self {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let number = taken.map_or(millis, |taken| millis.max(taken + 1));
        let before = before.unwrap_or(now);
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
        let millis = 1_795_694_400_000;
        let first = NextCrl::after(None, None, NOW);
        assert_eq!(first.number, millis);
        let other_issuer = NextCrl::after(None, Some(first.number), NOW);
        assert_eq!(other_issuer.number, millis + 1, "in the same millisecond");
        let later = NOW + Duration::hours(1);
        let next = NextCrl::after(Some(first.this_update), Some(other_issuer.number), later);
        assert_eq!(
            next.number,
            millis + 3_600_000,
            "whatever was published meanwhile and is forgotten"
        );
        assert_eq!((next.this_update, next.listed_from), (later, NOW));
        let set_back = NextCrl::after(Some(next.this_update), Some(next.number), NOW - Duration::days(3));
        assert_eq!(set_back.number, next.number + 1);
        assert_eq!(set_back.this_update, next.this_update);
        assert_eq!(set_back.next_update, next.this_update + CRL_LIFETIME);
    }
}
