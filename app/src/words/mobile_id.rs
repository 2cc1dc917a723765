//! States and purposes.

use shared::api::{CertificateState, MobileIdState, Purpose};

use crate::i18n::{Word, word};

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
