//! "Test it now": a challenge for the phone, and what was found when it had answered.

use serde::{Deserialize, Serialize};
use shared::api::{CheckKind, CheckResult, MobileIdState, Purpose, TestState};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Long enough to look for the phone and open the page.
pub const TEST_LIFETIME: Duration = Duration::minutes(5);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    pub id: Uuid,
    pub mobile_id: Uuid,
    pub challenge: [u8; 32],
    pub started_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub answer: Option<Answer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub at: OffsetDateTime,
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub kind: CheckKind,
    pub certificate: Purpose,
    pub result: CheckResult,
}

/// Time is over, or a newer one has taken its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the test is over")]
pub struct TestOver;

/// What is locked or expired is not tested, nor what no phone has confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTestable {
    #[error("the mobile ID is locked or expired")]
    Ended,
    #[error("no phone has confirmed the mobile ID")]
    NotReady,
}

impl Test {
    pub fn new(id: Uuid, mobile_id: Uuid, challenge: [u8; 32], now: OffsetDateTime) -> Self {
        Self {
            id,
            mobile_id,
            challenge,
            started_at: now,
            expires_at: now + TEST_LIFETIME,
            answer: None,
        }
    }

    pub fn state(&self, now: OffsetDateTime) -> TestState {
        match &self.answer {
            Some(answer) if answer.is_good() => TestState::Passed,
            Some(_) => TestState::Failed,
            None if now < self.expires_at => TestState::Waiting,
            None => TestState::Expired,
        }
    }

    pub fn is_waiting(&self, now: OffsetDateTime) -> bool {
        self.state(now) == TestState::Waiting
    }

    /// The phone has answered, once.
    pub fn answered(self, checks: Vec<Check>, now: OffsetDateTime) -> Result<Self, TestOver> {
        if !self.is_waiting(now) {
            return Err(TestOver);
        }
        Ok(Self {
            answer: Some(Answer { at: now, checks }),
            ..self
        })
    }
}

impl Answer {
    pub fn is_good(&self) -> bool {
        !self.checks.is_empty() && self.faults().next().is_none()
    }

    pub fn faults(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|check| check.result != CheckResult::Good)
    }
}

pub const fn check_testable(state: MobileIdState) -> Result<(), NotTestable> {
    match state {
        MobileIdState::Active | MobileIdState::Inactive => Ok(()),
        MobileIdState::Registered => Err(NotTestable::NotReady),
        MobileIdState::Locked | MobileIdState::Expired => Err(NotTestable::Ended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-27 12:00 UTC);

    fn check(result: CheckResult) -> Check {
        Check {
            kind: CheckKind::Ocsp,
            certificate: Purpose::Authentication,
            result,
        }
    }

    fn waiting() -> Test {
        Test::new(Uuid::nil(), Uuid::max(), [7; 32], NOW)
    }

    #[test]
    fn a_test_is_answered_once_and_in_time() {
        let last = NOW + TEST_LIFETIME - Duration::SECOND;
        let good = vec![check(CheckResult::Good)];
        let answered = waiting().answered(good.clone(), last).unwrap();
        assert_eq!(answered.state(last + Duration::days(1)), TestState::Passed);
        assert_eq!(answered.answered(good.clone(), last), Err(TestOver));
        assert_eq!(waiting().state(NOW + TEST_LIFETIME), TestState::Expired);
        assert_eq!(waiting().answered(good, NOW + TEST_LIFETIME), Err(TestOver));
    }

    #[test]
    fn one_fault_is_enough_and_nothing_looked_at_is_not_good() {
        for (checks, state) in [
            (vec![], TestState::Failed),
            (vec![check(CheckResult::Good); 3], TestState::Passed),
            (
                vec![check(CheckResult::Good), check(CheckResult::OnHold)],
                TestState::Failed,
            ),
        ] {
            assert_eq!(waiting().answered(checks, NOW).unwrap().state(NOW), state);
        }
    }
}
