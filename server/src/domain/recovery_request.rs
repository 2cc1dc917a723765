//! A second person's approval of a recovery: what is asked for, who may decide on it, and for how long that counts.

use shared::api::{ApprovalState, Decision};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{limits::Limits, options::is_hidden};

/// Characters that a reason may have.
pub const LONGEST_REASON: usize = 500;
/// Of one process, whatever became of them.
pub const MOST_REQUESTS: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryRequest {
    pub id: Uuid,
    pub process: Uuid,
    /// Whose keys they are, and who asked.
    pub user: Uuid,
    /// Of the certificates whose keys are to be recovered, upper-case hex: these and no others.
    pub serials: Vec<String>,
    pub requested_at: OffsetDateTime,
    /// While `pending`: when it lapses. While `approved`: until when the approval counts.
    pub expires_at: OffsetDateTime,
    pub state: ApprovalState,
    pub decided: Option<Decided>,
}

/// What the second person said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub by: Uuid,
    pub at: OffsetDateTime,
    pub reason: String,
}

/// Why somebody does not decide on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("nobody decides on their own request")]
    Own,
    #[error("the request was decided, or has lapsed")]
    Over,
    #[error("a reason of 1 to 500 characters that can be seen says why")]
    ReasonMissing,
}

impl RecoveryRequest {
    pub fn new(
        id: Uuid,
        (process, user): (Uuid, Uuid),
        serials: &[String],
        now: OffsetDateTime,
        limits: &Limits,
    ) -> Self {
        Self {
            id,
            process,
            user,
            serials: serials.to_vec(),
            requested_at: now,
            expires_at: now + limits.approval_ttl,
            state: ApprovalState::Pending,
            decided: None,
        }
    }

    /// As it is now: what nobody decided in time has lapsed, and so has an approval that was not used, whether or not
    /// anybody wrote it down.
    pub fn state_at(&self, now: OffsetDateTime) -> ApprovalState {
        match self.state {
            ApprovalState::Pending | ApprovalState::Approved if self.expires_at <= now => {
                ApprovalState::Lapsed
            }
            state => state,
        }
    }

    /// Whether exactly these may be recovered.
    pub fn approves(&self, serials: &[String], now: OffsetDateTime) -> bool {
        self.state_at(now) == ApprovalState::Approved && self.serials == serials
    }

    /// Whether somebody may still approve exactly these.
    pub fn waits_for(&self, serials: &[String], now: OffsetDateTime) -> bool {
        self.state_at(now) == ApprovalState::Pending && self.serials == serials
    }

    /// Whether this person would be heard.
    pub fn can_be_decided_by(&self, person: Uuid, now: OffsetDateTime) -> bool {
        self.refusal(person, now).is_none()
    }

    /// An approval counts for as long again as the request could wait.
    pub fn decide(
        self,
        decision: Decision,
        by: Uuid,
        reason: &str,
        now: OffsetDateTime,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        if let Some(refusal) = self.refusal(by, now) {
            return Err(refusal);
        }
        let reason = readable(reason).ok_or(Refusal::ReasonMissing)?;
        let (state, expires_at) = match decision {
            Decision::Approve => (ApprovalState::Approved, now + limits.approval_ttl),
            Decision::Refuse => (ApprovalState::Refused, self.expires_at),
        };
        Ok(Self {
            state,
            expires_at,
            decided: Some(Decided { by, at: now, reason }),
            ..self
        })
    }

    fn refusal(&self, person: Uuid, now: OffsetDateTime) -> Option<Refusal> {
        if person == self.user {
            Some(Refusal::Own)
        } else if self.state_at(now) == ApprovalState::Pending {
            None
        } else {
            Some(Refusal::Over)
        }
    }
}

/// In one line, since it stands in a mail and in the log.
fn readable(typed: &str) -> Option<String> {
    let reason = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_fine = (1..=LONGEST_REASON).contains(&reason.chars().count()) && !reason.chars().any(is_hidden);
    is_fine.then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, macros::datetime};

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    fn asked() -> RecoveryRequest {
        let limits = Limits::default();
        let serials = ["0A".to_owned(), "0B".to_owned()];
        RecoveryRequest::new(Uuid::nil(), (Uuid::nil(), Uuid::nil()), &serials, NOW, &limits)
    }

    fn decided(decision: Decision, after: Duration) -> RecoveryRequest {
        let at = NOW + after;
        let decided = asked().decide(decision, Uuid::max(), "Seen in person.", at, &Limits::default());
        decided.unwrap()
    }

    #[test]
    fn it_lapses_by_itself_and_so_does_an_approval() {
        let (hours, second) = (Duration::hours(8), Duration::SECOND);
        let approved = decided(Decision::Approve, hours - second);
        let refused = decided(Decision::Refuse, Duration::HOUR);
        for (request, after, expected) in [
            (asked(), hours - second, ApprovalState::Pending),
            (asked(), hours, ApprovalState::Lapsed),
            (approved.clone(), hours, ApprovalState::Approved),
            (approved.clone(), hours * 2 - second * 2, ApprovalState::Approved),
            (approved, hours * 2 - second, ApprovalState::Lapsed),
            (refused, Duration::days(9), ApprovalState::Refused),
        ] {
            assert_eq!(request.state_at(NOW + after), expected, "{after}");
        }
    }

    #[test]
    fn it_counts_for_exactly_what_was_asked_for() {
        let approved = decided(Decision::Approve, Duration::HOUR);
        let later = NOW + Duration::hours(2);
        for (serials, counts) in [
            (&["0A", "0B"][..], true),
            (&["0A"], false),
            (&["0A", "0B", "0C"], false),
            (&[], false),
        ] {
            let serials: Vec<_> = serials.iter().map(|serial| (*serial).to_owned()).collect();
            assert_eq!(approved.approves(&serials, later), counts, "{serials:?}");
            assert_eq!(asked().waits_for(&serials, later), counts, "{serials:?}");
        }
        let refused = decided(Decision::Refuse, Duration::HOUR);
        assert!(!refused.approves(&refused.serials, later));
        assert!(!asked().approves(&refused.serials, later));
        assert!(!approved.approves(&refused.serials, NOW + Duration::days(1)));
    }

    #[test]
    fn a_second_person_decides_once_in_time_and_says_why() {
        let limits = Limits::default();
        let long = "ö".repeat(LONGEST_REASON);
        let decide = |request: RecoveryRequest, by, reason: &str, after| {
            request.decide(Decision::Approve, by, reason, NOW + after, &limits)
        };
        let (other, soon) = (Uuid::max(), Duration::MINUTE);
        for (request, by, reason, after, expected) in [
            (asked(), other, "Seen in person.", soon, None),
            (asked(), other, long.as_str(), soon, None),
            (asked(), Uuid::nil(), "I am it.", soon, Some(Refusal::Own)),
            (
                asked(),
                other,
                "Too late.",
                Duration::hours(8),
                Some(Refusal::Over),
            ),
            (
                decided(Decision::Refuse, soon),
                other,
                "After all.",
                soon,
                Some(Refusal::Over),
            ),
            (
                decided(Decision::Approve, soon),
                other,
                "Once more.",
                soon,
                Some(Refusal::Over),
            ),
            (asked(), other, "", soon, Some(Refusal::ReasonMissing)),
            (asked(), other, " \r\n\t ", soon, Some(Refusal::ReasonMissing)),
            (asked(), other, "\u{200b}", soon, Some(Refusal::ReasonMissing)),
            (
                asked(),
                other,
                &format!("{long}ö"),
                soon,
                Some(Refusal::ReasonMissing),
            ),
        ] {
            let came = decide(request.clone(), by, reason, after);
            assert_eq!(came.clone().err(), expected, "{reason}");
            assert_eq!(request.can_be_decided_by(by, NOW + after), {
                matches!(expected, None | Some(Refusal::ReasonMissing))
            });
            if let Ok(approved) = came {
                assert_eq!(approved.expires_at, NOW + after + limits.approval_ttl);
            }
        }
        let told = decide(asked(), other, " Seen\r\nin  person. ", soon).unwrap();
        assert_eq!(told.decided.unwrap().reason, "Seen in person.");
    }
}
