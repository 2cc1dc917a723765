//! A certificate of a mobile ID, and why the CA revokes one.

use shared::api::{CertificateState, LockReason, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

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
    /// There is another certificate in its place.
    Superseded,
    CessationOfOperation,
    CertificateHold,
    /// Its holder may not have it any more.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    /// The CRLReason's number.
    pub const fn code(self) -> i32 {
        match self {
            Self::KeyCompromise => 1,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::PrivilegeWithdrawn => 9,
        }
    }

    /// As the RFC spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyCompromise => "keyCompromise",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
        }
    }
}

impl From<LockReason> for RevocationReason {
    fn from(reason: LockReason) -> Self {
        match reason {
            LockReason::Lost | LockReason::Stolen | LockReason::DisownedByMail => Self::KeyCompromise,
            LockReason::Replaced => Self::Superseded,
            LockReason::Damaged | LockReason::NoLongerNeeded | LockReason::PausedTooLong => {
                Self::CessationOfOperation
            }
            LockReason::UserLocked => Self::PrivilegeWithdrawn,
        }
    }
}
