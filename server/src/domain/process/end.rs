//! The ends other than completion. Where certificates were issued (`mobile_id` is set) the caller revokes them in
//! the same transaction.

use shared::api::{Ending, Notify, ProcessState};
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

    /// Whether time has ended the present state, written down or not.
    pub fn is_over(&self, now: OffsetDateTime) -> bool {
        self.until().is_some_and(|until| until <= now)
    }

    /// By time, where it is over; else the process as it was.
    #[must_use]
    pub fn lapse(self, now: OffsetDateTime) -> Self {
        if !self.is_over(now) {
            return self;
        }
        let (state, ending) = match &self.stage {
            Stage::Claimed(_) => (ProcessState::Failed, Ending::PhoneSilent),
            Stage::KeysReceived(_) => (ProcessState::Failed, Ending::NotConfirmedInTime),
            Stage::Confirmed(_) => (ProcessState::Failed, Ending::ReceiptMissing),
            _ => (ProcessState::Expired, Ending::Abandoned),
        };
        self.end(state, ending, now)
    }

    /// Whether the options have the user told of this end by e-mail. What they did themselves in the portal, they know;
    /// but where certificates were issued, keys may have gone to a phone, and it may have been somebody else.
    pub fn is_told(&self) -> bool {
        let notify = self.plan.notify;
        match &self.stage {
            Stage::Completed(_) => matches!(notify, Notify::Success | Notify::Both),
            Stage::Ended(ended) => {
                let is_known = matches!(ended.ending, Ending::CancelledByUser | Ending::PhoneNotRecognised);
                let is_news = !is_known || ended.mobile_id.is_some();
                is_news && matches!(notify, Notify::Failure | Notify::Both)
            }
            _ => false,
        }
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
