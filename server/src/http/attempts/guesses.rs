//! Short codes and links that were not right, per address. A guess counts before it is looked up, and is forgiven when it was
//! right: so the limit stops the lucky guess too, and many guesses at once do not slip past it.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Wrong guesses from one address that are free; one more each ten seconds.
const FREE: u32 = 20;
const EVERY: Duration = Duration::from_secs(10);

/// For each address, when its last guess will be forgotten: each one moves that by `EVERY`.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<HashMap<IpAddr, Instant>>);

impl Guesses {
    /// One more guess. Refused with the time to wait.
    pub fn count(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut all = self.all();
        let forgotten_at = all.entry(address).or_insert(now);
        let next = (*forgotten_at).max(now) + EVERY;
        let wait = (next - now).saturating_sub(EVERY * FREE);
        if !wait.is_zero() {
            return Err(wait);
        }
        *forgotten_at = next;
        Ok(())
    }

    /// The last one was right.
    pub fn forgive(&self, address: IpAddr) {
        if let Some(forgotten_at) = self.all().get_mut(&address) {
            *forgotten_at = forgotten_at.checked_sub(EVERY).unwrap_or(*forgotten_at);
        }
    }

    pub fn forget_old(&self, now: Instant) {
        self.all().retain(|_, forgotten_at| *forgotten_at > now);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<IpAddr, Instant>> {
        // A map of times is sound whatever happened to whoever held it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    #[test]
    fn twenty_are_free_and_then_one_each_ten_seconds() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for _ in 0..FREE {
            assert_eq!(guesses.count(HERE, now), Ok(()));
        }
        assert_eq!(guesses.count(HERE, now), Err(EVERY));
        assert_eq!(guesses.count(THERE, now), Ok(()), "another address");
        let later = now + Duration::from_secs(4);
        assert_eq!(guesses.count(HERE, later), Err(Duration::from_secs(6)));
        assert_eq!(guesses.count(HERE, now + EVERY), Ok(()));
        assert_eq!(guesses.count(HERE, now + EVERY), Err(EVERY));
    }

    #[test]
    fn right_ones_do_not_count_and_old_ones_are_forgotten() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(guesses.count(HERE, now), Ok(()));
            guesses.forgive(HERE);
        }
        assert_eq!(guesses.count(THERE, now), Ok(()));
        guesses.forget_old(now + EVERY);
        assert!(guesses.all().is_empty());
    }
}
