//! The ends other than completion. Where certificates were issued (`mobile_id` is set) the caller revokes them in
//! the same transaction.

use shared::api::{Ending, ProcessState};
use time::OffsetDateTime;

use super::Refusal;
use super::{Ended, Process, Stage};

impl Process {
    /// By a person, in the portal or on the phone.
    pub fn cancel(self, ending: Ending, now: OffsetDateTime) -> Result<Self, Refusal> {
        if self.state().is_final() {
            return Err(Refusal::Ended);
        }
        Ok(self.end(ProcessState::Cancelled, ending, now))
    }

    /// Through a rule: too many tries, a user who is active no more.
    #[must_use]
    pub fn fail(self, ending: Ending, now: OffsetDateTime) -> Self {
        if self.state().is_final() {
            self
        } else {
            self.end(ProcessState::Failed, ending, now)
        }
    }

    /// By time. `Err` gives the process back unchanged where its time is not over.
    pub fn lapse(self, now: OffsetDateTime) -> Result<Self, Self> {
        if self.until().is_none_or(|until| now < until) {
            return Err(self);
        }
        let (state, ending) = match &self.stage {
            Stage::Claimed(_) => (ProcessState::Failed, Ending::PhoneSilent),
            Stage::KeysReceived(_) => (ProcessState::Failed, Ending::NotConfirmedInTime),
            Stage::Confirmed(_) => (ProcessState::Failed, Ending::ReceiptMissing),
            _ => (ProcessState::Expired, Ending::Abandoned),
        };
        Ok(self.end(state, ending, now))
    }

    fn end(self, state: ProcessState, ending: Ending, at: OffsetDateTime) -> Self {
        let ended = Ended {
            at,
            state,
            ending,
            step: self.step(),
            claim: self.claim().cloned(),
            mobile_id: self.mobile_id(),
        };
        self.with(Stage::Ended(ended))
    }
}
