//! What time it is: the machine's, or one that a test moves.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::{Duration, OffsetDateTime};

#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Milliseconds added to the machine's time.
    Moved(Arc<AtomicI64>),
}

impl Clock {
    /// In UTC, to the millisecond: what is compared is what is stored.
    pub fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        let now = now - Duration::nanoseconds(i64::from(now.nanosecond() % 1_000_000));
        match self {
            Self::System => now,
            Self::Moved(by) => now + Duration::milliseconds(by.load(Ordering::Relaxed)),
        }
    }
}
