//! States and purposes.

use shared::api::{
    CertificateState, ExpiringMobileId, LockReason, MobileIdState, MobileIdSummary, PauseCause, Purpose,
};

use crate::i18n::{Language, Word, word};

pub const fn mobile_id_state(state: MobileIdState) -> Word {
    match state {
        MobileIdState::Registered => word::mobile_id_state::REGISTERED,
        MobileIdState::Active => word::mobile_id_state::ACTIVE,
        MobileIdState::Inactive => word::mobile_id_state::INACTIVE,
        MobileIdState::Locked => word::mobile_id_state::LOCKED,
        MobileIdState::Expired => word::mobile_id_state::EXPIRED,
    }
}

pub const fn certificate_state(state: CertificateState) -> Word {
    match state {
        CertificateState::Issued => word::certificate_state::ISSUED,
        CertificateState::Valid => word::certificate_state::VALID,
        CertificateState::OnHold => word::certificate_state::ON_HOLD,
        CertificateState::Revoked => word::certificate_state::REVOKED,
        CertificateState::Expired => word::certificate_state::EXPIRED,
    }
}

pub const fn purpose(purpose: Purpose) -> Word {
    match purpose {
        Purpose::Authentication => word::purpose::AUTHENTICATION,
        Purpose::Signature => word::purpose::SIGNATURE,
        Purpose::Encryption => word::purpose::ENCRYPTION,
    }
}

/// What a certificate of this kind is for.
pub const fn purpose_meaning(purpose: Purpose) -> Word {
    match purpose {
        Purpose::Authentication => word::purpose::AUTHENTICATION_MEANS,
        Purpose::Signature => word::purpose::SIGNATURE_MEANS,
        Purpose::Encryption => word::purpose::ENCRYPTION_MEANS,
    }
}

/// "Authentication, Signature".
pub fn purposes(all: &[Purpose], language: Language) -> String {
    let names: Vec<_> = all.iter().map(|one| purpose(*one).text(language)).collect();
    names.join(", ")
}

/// What a state means for its owner.
pub const fn mobile_id_meaning(state: MobileIdState) -> Word {
    match state {
        MobileIdState::Registered => word::mobile_id::MEANS_REGISTERED,
        MobileIdState::Active => word::mobile_id::MEANS_ACTIVE,
        MobileIdState::Inactive => word::mobile_id::MEANS_INACTIVE,
        MobileIdState::Locked => word::mobile_id::MEANS_LOCKED,
        MobileIdState::Expired => word::mobile_id::MEANS_EXPIRED,
    }
}

pub const fn lock_reason(reason: LockReason) -> Word {
    match reason {
        LockReason::Lost => word::lock_reason::LOST,
        LockReason::Stolen => word::lock_reason::STOLEN,
        LockReason::Damaged => word::lock_reason::DAMAGED,
        LockReason::Replaced => word::lock_reason::REPLACED,
        LockReason::NoLongerNeeded => word::lock_reason::NO_LONGER_NEEDED,
        LockReason::DisownedByMail => word::lock_reason::DISOWNED_BY_MAIL,
        LockReason::UserLocked => word::lock_reason::USER_LOCKED,
        LockReason::PausedTooLong => word::lock_reason::PAUSED_TOO_LONG,
    }
}

/// By whom it was paused.
pub const fn pause_cause(cause: PauseCause) -> Word {
    match cause {
        PauseCause::User => word::pause_cause::USER,
        PauseCause::UserInactive => word::pause_cause::USER_INACTIVE,
    }
}

/// "Your mobile ID on Pixel 8 ends in 14 days, on 6 December 2026."
pub fn ends(expiring: &ExpiringMobileId, language: Language) -> String {
    let sentence = if expiring.days_left == 1 {
        word::expiring::ends_one
    } else {
        word::expiring::ends_other
    };
    sentence(
        language,
        &expiring.days_left.to_string(),
        &super::date(&expiring.valid_until, language),
        &expiring.phone,
    )
}

/// Until when it is valid, or since when it is what it is.
pub fn mobile_id_term(mobile_id: &MobileIdSummary, language: Language) -> String {
    let since = super::date(&mobile_id.state_since, language);
    match mobile_id.state {
        MobileIdState::Registered => word::mobile_ids::since_registered(language, &since),
        MobileIdState::Active => {
            word::mobile_ids::until(language, &super::date(&mobile_id.valid_until, language))
        }
        MobileIdState::Inactive => match &mobile_id.locks_at {
            Some(at) => word::mobile_ids::paused_until(language, &since, &super::date(at, language)),
            None => word::mobile_ids::since_inactive(language, &since),
        },
        MobileIdState::Locked => word::mobile_ids::since_locked(language, &since),
        MobileIdState::Expired => word::mobile_ids::since_expired(language, &since),
    }
}
