//! What can happen to a mobile ID, and what its user may ask for now: the same rules twice, and a test that they agree.
//! `locked` and `expired` are final.

use shared::api::{EncryptionFate, Ending, LockReason, MobileIdAction, MobileIdState, PauseCause};
use time::OffsetDateTime;

use super::MobileId;

/// What came of a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// To be stored.
    Changed(MobileId),
    /// It was so already: a second click, or another window was faster.
    Same(MobileId),
}

/// The mobile ID does not take this now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the mobile ID is locked or expired, for good")]
    Ended,
    #[error("no phone has confirmed this mobile ID")]
    NotReady,
    #[error("only a mobile ID that is locked or expired can be deleted")]
    InUse,
    /// It was not paused by whoever wants to resume it.
    #[error("somebody else paused the mobile ID")]
    PausedByAnother,
}

impl MobileId {
    /// The receipt is in.
    pub fn activate(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        match self.state {
            MobileIdState::Registered if self.failure.is_none() => Ok(Self {
                state: MobileIdState::Active,
                state_since: now,
                ..self
            }),
            _ => Err(Refusal::Ended),
        }
    }

    /// The process ended before the receipt came: stays `registered`, with the reason.
    #[must_use]
    pub fn leave_registered(self, ending: Ending) -> Self {
        Self {
            failure: Some(ending),
            ..self
        }
    }

    /// For good: it stops working at once. What is expired has stopped already; what is locked keeps its reason.
    /// `encryption`: what becomes of its encryption certificate; a phone that has confirmed nothing has none to keep.
    pub fn lock(
        self,
        reason: LockReason,
        encryption: EncryptionFate,
        now: OffsetDateTime,
    ) -> Result<Outcome, Refusal> {
        match self.state_at(now) {
            state @ (MobileIdState::Registered | MobileIdState::Active | MobileIdState::Inactive) => {
                Ok(Outcome::Changed(Self {
                    state: MobileIdState::Locked,
                    state_since: now,
                    lock_reason: Some(reason),
                    encryption_kept: encryption == EncryptionFate::Keep && state != MobileIdState::Registered,
                    pause_cause: None,
                    pause_end: None,
                    ..self
                }))
            }
            MobileIdState::Locked => Ok(Outcome::Same(self)),
            MobileIdState::Expired => Err(Refusal::Ended),
        }
    }

    /// Of a locked one: the encryption certificate that was kept is revoked after all. `None`: none was.
    pub fn revoke_kept(&self) -> Option<Self> {
        self.encryption_kept.then(|| Self {
            encryption_kept: false,
            ..self.clone()
        })
    }

    /// Writes down that time has ended the encryption certificate that was kept. `None`: it has not, or none was.
    pub fn expire_kept(&self, now: OffsetDateTime) -> Option<Self> {
        self.revoke_kept().filter(|kept| now > kept.valid_until)
    }

    /// Until somebody resumes it. One that is paused already stays so for its first cause.
    pub fn pause(self, cause: PauseCause, now: OffsetDateTime) -> Result<Outcome, Refusal> {
        match self.state_at(now) {
            MobileIdState::Active => Ok(Outcome::Changed(Self {
                state: MobileIdState::Inactive,
                state_since: now,
                pause_cause: Some(cause),
                pause_end: None,
                ..self
            })),
            MobileIdState::Inactive => Ok(Outcome::Same(self)),
            MobileIdState::Registered => Err(Refusal::NotReady),
            MobileIdState::Locked | MobileIdState::Expired => Err(Refusal::Ended),
        }
    }

    /// `cause`: who resumes, and so what is theirs to resume.
    pub fn resume(self, cause: PauseCause, now: OffsetDateTime) -> Result<Outcome, Refusal> {
        match self.state_at(now) {
            MobileIdState::Inactive if self.pause_cause == Some(cause) => Ok(Outcome::Changed(Self {
                state: MobileIdState::Active,
                state_since: now,
                pause_cause: None,
                pause_end: None,
                ..self
            })),
            MobileIdState::Inactive => Err(Refusal::PausedByAnother),
            MobileIdState::Active => Ok(Outcome::Same(self)),
            MobileIdState::Registered => Err(Refusal::NotReady),
            MobileIdState::Locked | MobileIdState::Expired => Err(Refusal::Ended),
        }
    }

    /// Writes down what time has done. `None`: nothing.
    pub fn expire(&self, now: OffsetDateTime) -> Option<Self> {
        let is_over = self.state_at(now) != self.state;
        is_over.then(|| Self {
            state: MobileIdState::Expired,
            state_since: self.valid_until,
            pause_cause: None,
            pause_end: None,
            ..self.clone()
        })
    }

    /// Its user does not see it any more. What still works, or may come to, is locked first.
    pub fn delete(self, now: OffsetDateTime) -> Result<Outcome, Refusal> {
        if self.deleted_at.is_some() {
            return Ok(Outcome::Same(self));
        }
        match self.state_at(now) {
            MobileIdState::Registered if self.failure.is_none() => Err(Refusal::InUse),
            MobileIdState::Active | MobileIdState::Inactive => Err(Refusal::InUse),
            MobileIdState::Registered | MobileIdState::Locked | MobileIdState::Expired => {
                Ok(Outcome::Changed(Self {
                    deleted_at: Some(now),
                    ..self
                }))
            }
        }
    }

    /// What is taken from its user now. A user who is not active can still lock, and see whether it works.
    pub fn actions(&self, user_is_active: bool, now: OffsetDateTime) -> Vec<MobileIdAction> {
        use MobileIdAction::{Delete, Lock, Pause, Resume, Test};
        if self.deleted_at.is_some() {
            return vec![];
        }
        let mut actions = match self.state_at(now) {
            MobileIdState::Registered if self.failure.is_none() => vec![Lock],
            MobileIdState::Registered => vec![Lock, Delete],
            MobileIdState::Active => vec![Lock, Pause, Test],
            MobileIdState::Inactive if self.pause_cause == Some(PauseCause::User) => {
                vec![Lock, Resume, Test]
            }
            MobileIdState::Inactive => vec![Lock, Test],
            MobileIdState::Locked | MobileIdState::Expired => vec![Delete],
        };
        if !user_is_active {
            actions.retain(|action| matches!(action, Lock | Test));
        }
        actions
    }
}
