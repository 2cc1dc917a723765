//! Mobile IDs, their certificates, history and tests.

use shared::{
    api::{
        Certificate, DeviceMobileId, ExpiringMobileId, HistoryEntry, MobileId, MobileIdSummary, MobileIdTest,
        TestChallenge, TestCheck,
    },
    protocol,
};
use time::OffsetDateTime;

use super::timestamp;
use crate::{
    domain::{
        limits::Limits,
        mobile_id::{self, certificate_state_at},
        mobile_id_test,
        reminder::days_left,
    },
    use_case::{MobileIdSeen, device_mobile_id},
};

pub fn summary(mobile_id: &mobile_id::MobileId, limits: &Limits, now: OffsetDateTime) -> MobileIdSummary {
    MobileIdSummary {
        id: mobile_id.id,
        name: mobile_id.name.clone(),
        state: mobile_id.state_at(now),
        phone: mobile_id.phone.clone(),
        valid_until: timestamp(mobile_id.valid_until),
        state_since: timestamp(mobile_id.state_since_at(now)),
        locks_at: mobile_id
            .locks_at(limits.lock_paused_after_days, now)
            .map(timestamp),
    }
}

pub fn expiring(mobile_id: &mobile_id::MobileId, now: OffsetDateTime) -> ExpiringMobileId {
    ExpiringMobileId {
        id: mobile_id.id,
        name: mobile_id.name.clone(),
        phone: mobile_id.phone.clone(),
        days_left: days_left(mobile_id.valid_until, now),
        valid_until: timestamp(mobile_id.valid_until),
    }
}

pub fn mobile_id(seen: &MobileIdSeen) -> MobileId {
    let MobileIdSeen {
        mobile_id,
        certificates,
        recovered,
        not_recovered,
        history,
        user_is_active,
        limits,
        now,
    } = seen;
    let certificate = |certificate: &mobile_id::Certificate| Certificate {
        serial: certificate.serial.clone(),
        purpose: certificate.purpose,
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        not_before: timestamp(certificate.not_before),
        not_after: timestamp(certificate.not_after),
        state_in_ca: certificate_state_at(certificate.state_in_ca, certificate.not_after, *now),
        state_in_identity_manager: certificate_state_at(certificate.state, certificate.not_after, *now),
    };
    MobileId {
        summary: summary(mobile_id, limits, *now),
        server_name: mobile_id.server_name.clone(),
        user_id: mobile_id.user_id.clone(),
        valid_from: timestamp(mobile_id.valid_from),
        failure: mobile_id.failure,
        lock_reason: mobile_id.lock_reason,
        pause_cause: mobile_id.pause_cause_at(*now),
        actions: mobile_id.actions(*user_is_active, *now),
        certificates: certificates.iter().map(certificate).collect(),
        recovered: recovered.iter().map(certificate).collect(),
        not_recovered: not_recovered.clone(),
        history: history
            .iter()
            .map(|record| HistoryEntry {
                at: timestamp(record.at),
                event: record.event,
                by: record.by,
            })
            .collect(),
    }
}

pub fn test(test: &mobile_id_test::Test, now: OffsetDateTime) -> MobileIdTest {
    let checks = test.answer.iter().flat_map(|answer| &answer.checks);
    MobileIdTest {
        id: test.id,
        state: test.state(now),
        started_at: timestamp(test.started_at),
        expires_at: timestamp(test.expires_at),
        answered_at: test.answer.as_ref().map(|answer| timestamp(answer.at)),
        checks: checks
            .map(|check| TestCheck {
                kind: check.kind,
                certificate: check.certificate,
                result: check.result,
            })
            .collect(),
    }
}

pub fn challenge(test: &mobile_id_test::Test) -> TestChallenge {
    TestChallenge {
        test: test.id,
        challenge: protocol::encode(&test.challenge),
        expires_at: timestamp(test.expires_at),
    }
}

pub fn device_mobile_id(seen: &device_mobile_id::Seen) -> DeviceMobileId {
    let mobile_id = &seen.mobile_id;
    let shown = summary(mobile_id, &seen.limits, seen.now);
    DeviceMobileId {
        mobile_id: shown.id,
        state: shown.state,
        state_since: shown.state_since,
        valid_until: shown.valid_until,
        lock_reason: mobile_id.lock_reason,
        locks_at: shown.locks_at,
        test: seen.test.as_ref().map(challenge),
    }
}
