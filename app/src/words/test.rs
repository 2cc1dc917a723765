//! How a test came out.

use shared::api::{CheckKind, CheckResult, MobileIdTest, TestState};

use crate::i18n::{Language, Word, word};

pub const fn check(kind: CheckKind) -> Word {
    match kind {
        CheckKind::Signature => word::check::SIGNATURE,
        CheckKind::Chain => word::check::CHAIN,
        CheckKind::Validity => word::check::VALIDITY,
        CheckKind::Ocsp => word::check::OCSP,
        CheckKind::Crl => word::check::CRL,
    }
}

pub const fn check_result(result: CheckResult) -> Word {
    match result {
        CheckResult::Good => word::check_result::GOOD,
        CheckResult::SignatureWrong => word::check_result::SIGNATURE_WRONG,
        CheckResult::ChainBroken => word::check_result::CHAIN_BROKEN,
        CheckResult::NotYetValid => word::check_result::NOT_YET_VALID,
        CheckResult::Expired => word::check_result::EXPIRED,
        CheckResult::Revoked => word::check_result::REVOKED,
        CheckResult::OnHold => word::check_result::ON_HOLD,
        CheckResult::Unknown => word::check_result::UNKNOWN,
        CheckResult::NotCurrent => word::check_result::NOT_CURRENT,
        CheckResult::Unavailable => word::check_result::UNAVAILABLE,
    }
}

/// "Tested 27 Nov 2026, 14:02: everything is in order."
pub fn tested(test: &MobileIdTest, language: Language) -> String {
    let at = test.answered_at.as_ref().unwrap_or(&test.started_at);
    let time = super::date_and_time(at, language);
    match test.state {
        TestState::Passed => word::test::passed(language, &time),
        TestState::Failed => word::test::failed(language, &time),
        TestState::Expired => word::test::expired(language, &time),
        TestState::Waiting => word::process_state::OPEN.text(language).to_owned(),
    }
}
