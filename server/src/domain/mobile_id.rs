//! The mobile ID and its certificates, as the identity manager keeps them.

use shared::api::{CertificateState, Ending, MobileIdState, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

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
    pub valid_from: OffsetDateTime,
    pub valid_until: OffsetDateTime,
}

impl MobileId {
    /// The receipt is in.
    #[must_use]
    pub fn activate(self, now: OffsetDateTime) -> Self {
        Self {
            state: MobileIdState::Active,
            state_since: now,
            ..self
        }
    }

    /// The process ended before the receipt came: stays `registered`, with the reason.
    #[must_use]
    pub fn leave_registered(self, ending: Ending) -> Self {
        Self {
            failure: Some(ending),
            ..self
        }
    }

    /// For good: it stops working at once. What is expired has stopped already, and what is locked stays so.
    pub fn lock(self, now: OffsetDateTime) -> Result<Self, NothingToLock> {
        match self.state_at(now) {
            MobileIdState::Registered | MobileIdState::Active | MobileIdState::Inactive => Ok(Self {
                state: MobileIdState::Locked,
                state_since: now,
                ..self
            }),
            MobileIdState::Locked | MobileIdState::Expired => Err(NothingToLock),
        }
    }

    /// As it is now: an active or paused one whose time is over is expired, whether or not anybody wrote it down.
    pub fn state_at(&self, now: OffsetDateTime) -> MobileIdState {
        match self.state {
            MobileIdState::Active | MobileIdState::Inactive if now > self.valid_until => {
                MobileIdState::Expired
            }
            state => state,
        }
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

/// The mobile ID is locked or expired already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mobile ID is locked or expired already")]
pub struct NothingToLock;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Upper-case hex.
    pub serial: String,
    pub mobile_id: Uuid,
    pub purpose: Purpose,
    pub subject: String,
    pub issuer: String,
    pub not_before: OffsetDateTime,
    pub not_after: OffsetDateTime,
    pub state: CertificateState,
    pub state_in_ca: CertificateState,
    pub der: Vec<u8>,
}

/// As it is now: time ends a certificate whether or not anybody wrote it down; a revoked one stays revoked.
pub fn certificate_state_at(
    state: CertificateState,
    not_after: OffsetDateTime,
    now: OffsetDateTime,
) -> CertificateState {
    match state {
        CertificateState::Revoked => CertificateState::Revoked,
        _ if now > not_after => CertificateState::Expired,
        state => state,
    }
}

/// Why the CA revoked (RFC 5280, section 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// Somebody else may hold the keys.
    KeyCompromise,
    CessationOfOperation,
    CertificateHold,
}

impl RevocationReason {
    /// The CRLReason's number.
    pub const fn code(self) -> i32 {
        match self {
            Self::KeyCompromise => 1,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, macros::datetime};

    #[test]
    fn time_ends_what_is_not_ended_already() {
        use CertificateState::{Expired, Issued, OnHold, Revoked, Valid};
        let end = datetime!(2028-11-22 12:00 UTC);
        for (state, later) in [
            (Valid, Expired),
            (OnHold, Expired),
            (Issued, Expired),
            (Revoked, Revoked),
        ] {
            assert_eq!(certificate_state_at(state, end, end), state);
            assert_eq!(certificate_state_at(state, end, end + Duration::SECOND), later);
        }
    }

    #[test]
    fn what_is_in_use_or_may_come_into_use_can_be_locked_once() {
        use MobileIdState::{Active, Expired, Inactive, Locked, Registered};
        let end = datetime!(2028-11-22 12:00 UTC);
        let in_state = |state| MobileId {
            id: Uuid::nil(),
            user: Uuid::nil(),
            process: Uuid::nil(),
            name: String::new(),
            server_name: String::new(),
            user_id: String::new(),
            phone: String::new(),
            state,
            state_since: end - Duration::days(730),
            failure: None,
            valid_from: end - Duration::days(730),
            valid_until: end,
        };
        for (state, now, taken) in [
            (Registered, end, true),
            (Active, end, true),
            (Inactive, end, true),
            (Locked, end, false),
            (Expired, end, false),
            (Active, end + Duration::SECOND, false),
            (Inactive, end + Duration::SECOND, false),
        ] {
            let locked = in_state(state).lock(now);
            let found = locked.map(|locked| (locked.state, locked.state_since));
            let expected = if taken {
                Ok((Locked, now))
            } else {
                Err(NothingToLock)
            };
            assert_eq!(found, expected, "{state:?} {now}");
        }
    }
}
