//! Requests to recover encryption keys.

use shared::api::{Approval, EarlierCertificate, RecoveryRequest, RecoveryView};
use time::OffsetDateTime;

use super::timestamp;
use crate::{
    domain::{mobile_id::certificate_state_at, recovery::Earlier, recovery_request},
    use_case::{ProcessSeen, RecoverySeen},
};

fn approval(request: &recovery_request::RecoveryRequest, now: OffsetDateTime) -> Approval {
    let reason = request.decided.as_ref().map(|decided| decided.reason.clone());
    Approval {
        state: request.state_at(now),
        requested_at: timestamp(request.requested_at),
        expires_at: timestamp(request.expires_at),
        reason,
    }
}

fn earlier_certificate(earlier: &Earlier, now: OffsetDateTime) -> EarlierCertificate {
    EarlierCertificate {
        serial: earlier.serial.clone(),
        not_before: timestamp(earlier.not_before),
        not_after: timestamp(earlier.not_after),
        state: certificate_state_at(earlier.state_in_ca, earlier.not_after, now),
        phone: earlier.phone.clone(),
        mobile_id: earlier.mobile_id.clone(),
    }
}

/// What a process makes of the user's earlier encryption certificates.
pub fn recovery(seen: &ProcessSeen) -> Option<RecoveryView> {
    let planned = seen.process.plan.recovery.as_ref()?;
    let earlier = |earlier| earlier_certificate(earlier, seen.now);
    Some(RecoveryView {
        mode: planned.mode,
        earlier: seen.earlier.iter().map(earlier).collect(),
        chosen: planned.chosen.clone(),
        needs_approval: planned.needs_approval,
        approval: seen.approval.as_ref().map(|request| approval(request, seen.now)),
    })
}

pub fn recovery_request(seen: RecoverySeen) -> RecoveryRequest {
    let certificates = seen.certificates.iter();
    let decided = seen.request.decided.as_ref();
    RecoveryRequest {
        id: seen.request.id,
        certificates: certificates
            .map(|earlier| earlier_certificate(earlier, seen.now))
            .collect(),
        approval: approval(&seen.request, seen.now),
        decided_at: decided.map(|decided| timestamp(decided.at)),
        decided_by: seen.decided_by.map(|by| by.user_name),
        can_decide: seen.can_decide,
        user: seen.user.display_name,
        user_name: seen.user.user_name,
    }
}
