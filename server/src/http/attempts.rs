//! How often somebody may try a password, a short code or a link of a mail, per account and per address. Held in memory: a restart
//! forgives, and an attacker cannot restart the server.

mod guesses;

use std::{
    net::IpAddr,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use uuid::Uuid;

use self::guesses::Guesses;
use super::problem::Refusal;
use crate::{
    domain::{secret::Hash, user::canonical_user_name},
    settings::SignIn,
};

#[derive(Debug)]
pub struct Attempts {
    accounts: DefaultKeyedRateLimiter<[u8; 32]>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    guesses: Guesses,
    refusals: DefaultKeyedRateLimiter<Uuid>,
    tests: DefaultKeyedRateLimiter<[u8; 32]>,
}

impl Attempts {
    pub fn new(limits: SignIn) -> Self {
        let quota = |free: u32, refill: Duration| {
            let free = NonZeroU32::new(free).unwrap_or(NonZeroU32::MIN);
            Quota::with_period(refill)
                .unwrap_or_else(|| Quota::per_second(free))
                .allow_burst(free)
        };
        Self {
            accounts: RateLimiter::keyed(quota(limits.account_attempts, Duration::from_secs(30))),
            addresses: RateLimiter::keyed(quota(limits.address_attempts, Duration::from_secs(1))),
            guesses: Guesses::default(),
            refusals: RateLimiter::keyed(quota(5, Duration::from_mins(1))),
            tests: RateLimiter::keyed(quota(10, Duration::from_secs(10))),
        }
    }

    /// One attempt at a password. Unknown names count like known ones.
    pub fn password(&self, user_name: &str, address: IpAddr) -> Result<(), Refusal> {
        take(&self.addresses, &network(address))?;
        take(
            &self.accounts,
            &Hash::of(canonical_user_name(user_name).as_bytes()).0,
        )
    }

    /// A short activation code or the secret of a link, before it is looked up. Counts as wrong until `guessed_right`.
    pub fn guess(&self, address: IpAddr) -> Result<(), Refusal> {
        let counted = self.guesses.count(network(address), Instant::now());
        counted.map_err(|wait| Refusal::too_many_attempts(wait.as_secs() + 1))
    }

    /// It was there.
    pub fn guessed_right(&self, address: IpAddr) {
        self.guesses.forgive(network(address));
    }

    /// One more test of a mobile ID, by its id or by its phone's token.
    pub fn test(&self, whose: Hash) -> Result<(), Refusal> {
        take(&self.tests, &whose.0)
    }

    /// Whether the audit log is told that this user was refused: a few times, and then once a minute, so that nobody
    /// fills it.
    pub fn is_refusal_told(&self, user: Uuid) -> bool {
        self.refusals.check_key(&user).is_ok()
    }

    pub fn forget_old(&self) {
        self.refusals.retain_recent();
        self.tests.retain_recent();
        self.accounts.retain_recent();
        self.addresses.retain_recent();
        self.guesses.forget_old(Instant::now());
    }
}

fn take<K: Clone + std::hash::Hash + Eq>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), Refusal> {
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        Refusal::too_many_attempts(wait.as_secs() + 1)
    })
}

/// An IPv6 client owns a /64: its addresses count as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}
