//! States and purposes.

use shared::api::{CertificateState, ExpiringMobileId, MobileIdState, MobileIdSummary, Purpose};

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
        MobileIdState::Inactive => word::mobile_ids::since_inactive(language, &since),
        MobileIdState::Locked => word::mobile_ids::since_locked(language, &since),
        MobileIdState::Expired => word::mobile_ids::since_expired(language, &since),
    }
}
