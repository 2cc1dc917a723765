//! The mobile ID and its certificates, as the identity manager keeps them.

mod certificate;
mod lifecycle;
mod pause;

use shared::api::{Ending, LockReason, MobileIdState, PauseCause};
use time::OffsetDateTime;
use uuid::Uuid;

pub use certificate::{Certificate, RevocationReason, certificate_state_at};
pub use lifecycle::{Outcome, Refusal};
pub use pause::{Announced, FIRST_ANNOUNCED};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MobileId {
    pub id: Uuid,
    pub user: Uuid,
    pub process: Uuid,
    /// The profile's name.
    pub name: String,
    pub server_name: String,
    pub user_id: String,
    pub phone: String,
    pub state: MobileIdState,
    pub state_since: OffsetDateTime,
    /// Why it stayed `registered`.
    pub failure: Option<Ending>,
    /// Why it is `locked`.
    pub lock_reason: Option<LockReason>,
    /// While it is `locked`: its encryption certificate stays valid, to its end or until it is revoked after all.
    pub encryption_kept: bool,
    /// Who made it `inactive`.
    pub pause_cause: Option<PauseCause>,
    /// While it is `inactive`: the last mail that said when it will be locked.
    pub pause_end: Option<Announced>,
    pub valid_from: OffsetDateTime,
    pub valid_until: OffsetDateTime,
    /// Since then its user does not see it any more.
    pub deleted_at: Option<OffsetDateTime>,
}

impl MobileId {
    /// As it is now: an active or paused one whose time is over is expired, whether or not anybody wrote it down.
    pub fn state_at(&self, now: OffsetDateTime) -> MobileIdState {
        match self.state {
            MobileIdState::Active | MobileIdState::Inactive if now > self.valid_until => {
                MobileIdState::Expired
            }
            state => state,
        }
    }

    /// When the state that it is in now began.
    pub fn state_since_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        if self.state_at(now) == self.state {
            self.state_since
        } else {
            self.valid_until
        }
    }

    /// Who paused it, while it is paused.
    pub fn pause_cause_at(&self, now: OffsetDateTime) -> Option<PauseCause> {
        self.pause_cause
            .filter(|_| self.state_at(now) == MobileIdState::Inactive)
    }

    /// Whether another active one of the same user, among `all`, ends later.
    pub fn has_successor(&self, all: &[Self], now: OffsetDateTime) -> bool {
        all.iter().any(|other| {
            other.user == self.user
                && other.state_at(now) == MobileIdState::Active
                && other.valid_until > self.valid_until
        })
    }
}

#[cfg(test)]
mod tests;
