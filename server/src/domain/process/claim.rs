//! What an activation code is worth: to look at, to claim, to decline.

use shared::api::{Ending, ProcessState};
use time::OffsetDateTime;

use super::{Claim, Claimed, Process, Stage};
use crate::domain::{limits::Limits, secret::Hash};

/// Why a known code opens nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    #[error("expired")]
    Expired,
    #[error("used")]
    Used,
    #[error("a newer code has replaced it")]
    Replaced,
    #[error("the process was cancelled")]
    Cancelled,
}

/// A code that the process takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStanding {
    /// Open until then.
    Open(OffsetDateTime),
    /// This very phone has claimed it before: the answer was lost on the way.
    ClaimedByThisPhone,
}

impl Process {
    /// What the code with this number is worth, to a phone that may have claimed it before.
    pub fn code_standing(
        &self,
        number: u32,
        device_token: Option<Hash>,
        now: OffsetDateTime,
    ) -> Result<CodeStanding, CodeRefusal> {
        let claimed_here =
            device_token.is_some_and(|token| self.claim().is_some_and(|claim| claim.device_token == token));
        match &self.stage {
            Stage::Started(_) => Err(CodeRefusal::Replaced),
            Stage::Open(open) if number != open.code_number => Err(CodeRefusal::Replaced),
            Stage::Open(open) if now >= open.code_expires_at => Err(CodeRefusal::Expired),
            Stage::Open(open) => Ok(CodeStanding::Open(open.code_expires_at)),
            Stage::Claimed(_) | Stage::KeysReceived(_) | Stage::Confirmed(_) if claimed_here => {
                Ok(CodeStanding::ClaimedByThisPhone)
            }
            Stage::Claimed(_) | Stage::KeysReceived(_) | Stage::Confirmed(_) | Stage::Completed(_) => {
                Err(CodeRefusal::Used)
            }
            Stage::Ended(ended) => Err(match (ended.state, ended.ending) {
                (ProcessState::Expired, _) => CodeRefusal::Expired,
                (
                    _,
                    Ending::CancelledByUser
                    | Ending::CancelledOnPhone
                    | Ending::UserNotActive
                    | Ending::DisownedByMail,
                ) => CodeRefusal::Cancelled,
                _ if ended.claim.is_some() => CodeRefusal::Used,
                _ => CodeRefusal::Cancelled,
            }),
        }
    }

    /// The phone takes the code, once. Ask `code_standing` first; a claim that is not open is refused as used.
    pub fn claim_by(self, claim: Claim, now: OffsetDateTime, limits: &Limits) -> Result<Self, CodeRefusal> {
        match self.stage {
            Stage::Open(_) => {
                let until = now + limits.keys_ttl;
                Ok(self.with(Stage::Claimed(Claimed { until, claim })))
            }
            _ => Err(CodeRefusal::Used),
        }
    }
}
