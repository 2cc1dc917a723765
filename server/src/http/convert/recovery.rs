//! Requests to recover encryption keys.

use shared::api::{Approval, EarlierCertificate, RecoveryRequest};
use time::OffsetDateTime;

use super::timestamp;
use crate::{
    domain::{
        mobile_id::{Certificate, MobileId, certificate_state_at},
        recovery_request,
    },
    use_case::RecoverySeen,
};

pub fn approval(request: &recovery_request::RecoveryRequest, now: OffsetDateTime) -> Approval {
    let reason = request.decided.as_ref().map(|decided| decided.reason.clone());
    Approval {
        state: request.state_at(now),
        requested_at: timestamp(request.requested_at),
        expires_at: timestamp(request.expires_at),
        reason,
    }
}

/// With the mobile ID that it was made for.
pub fn earlier_certificate(
    certificate: &Certificate,
    mobile_id: &MobileId,
    now: OffsetDateTime,
) -> EarlierCertificate {
    EarlierCertificate {
        serial: certificate.serial.clone(),
        not_before: timestamp(certificate.not_before),
        not_after: timestamp(certificate.not_after),
        state: certificate_state_at(certificate.state, certificate.not_after, now),
        phone: mobile_id.phone.clone(),
        mobile_id: mobile_id.name.clone(),
    }
}

pub fn recovery_request(seen: RecoverySeen) -> RecoveryRequest {
    let certificates = seen.certificates.iter();
    let decided = seen.request.decided.as_ref();
    RecoveryRequest {
        id: seen.request.id,
        certificates: certificates
            .map(|(certificate, mobile_id)| earlier_certificate(certificate, mobile_id, seen.now))
            .collect(),
        approval: approval(&seen.request, seen.now),
        decided_at: decided.map(|decided| timestamp(decided.at)),
        decided_by: seen.decided_by.map(|by| by.user_name),
        can_decide: seen.can_decide,
        user: seen.user.display_name,
        user_name: seen.user.user_name,
    }
}
