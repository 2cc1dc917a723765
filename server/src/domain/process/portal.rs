//! What the user does in the portal: start, Next, a new code, the pairing code.

use shared::{
    api::{CodeDelivery, Ending, Purpose, Step},
    protocol::pairing::{PairingCode, PairingKey},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Confirmed, KeysReceived, Open, Plan, Process, Stage, Started};
use crate::domain::{limits::Limits, options::WrongChoice, recovery::WrongRecovery};

/// The process does not take this now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the process has ended")]
    Ended,
    #[error("not possible in this state")]
    NotNow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairingRefusal {
    #[error("the process has ended")]
    Ended,
    #[error("the phone has not sent its keys")]
    PhoneNotReady,
    #[error("already confirmed")]
    AlreadyConfirmed,
}

/// What came of a typed pairing code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairing {
    /// The code is right: issue for these keys.
    Right(Process, KeysReceived),
    /// Wrong; to be stored, because a try is used up. Where none is left the process has failed.
    Wrong(Process, u32),
}

impl Process {
    pub fn start(id: Uuid, user: Uuid, plan: Plan, now: OffsetDateTime, limits: &Limits) -> Self {
        let stage = Stage::Started(Started {
            until: now + limits.process_ttl,
        });
        Self {
            id,
            user,
            started_at: now,
            plan,
            replaced: None,
            stage,
        }
    }

    /// A first or a new activation code on the screen, where the options allow it there. The code before, if any, is
    /// dead with this.
    pub fn show_code(self, now: OffsetDateTime, limits: &Limits) -> Result<Self, Refusal> {
        if self.plan.delivery == CodeDelivery::Mail && !self.state().is_final() {
            return Err(Refusal::NotNow);
        }
        let until = now + self.code_ttl(false, limits);
        self.with_code(None, until)
    }

    /// The same by e-mail, in this mail. A code that was on the screen may be mailed too.
    pub fn mail_code(self, mail: Uuid, now: OffsetDateTime, limits: &Limits) -> Result<Self, Refusal> {
        if matches!(self.stage, Stage::Started(_)) && self.plan.delivery != CodeDelivery::Mail {
            return Err(Refusal::NotNow);
        }
        let until = now + self.code_ttl(true, limits);
        self.with_code(Some(mail), until)
    }

    /// How long an activation code lives.
    pub fn code_ttl(&self, is_mailed: bool, limits: &Limits) -> Duration {
        let seconds = if is_mailed {
            self.plan.activation_mail_seconds
        } else {
            self.plan.activation_code_seconds
        };
        limits.code_ttl.unwrap_or(Duration::seconds(seconds))
    }

    fn with_code(self, mail: Option<Uuid>, code_expires_at: OffsetDateTime) -> Result<Self, Refusal> {
        let (until, number) = match &self.stage {
            Stage::Started(stage) => (stage.until, 0),
            Stage::Open(stage) => (stage.until, stage.code_number),
            Stage::Completed(_) | Stage::Ended(_) => return Err(Refusal::Ended),
            _ => return Err(Refusal::NotNow),
        };
        Ok(self.with(Stage::Open(Open {
            until,
            code_number: number + 1,
            code_expires_at,
            mail,
        })))
    }

    /// Next at the introduction, where the options leave a choice: see `Plan::choose`.
    pub fn choose(mut self, chosen: Option<&[Purpose]>) -> Result<Self, WrongChoice> {
        self.plan = self.plan.choose(chosen)?;
        Ok(self)
    }

    /// The same for the earlier encryption certificates: see `Plan::recover`.
    pub fn recover(mut self, wished: Option<&[String]>) -> Result<Self, WrongRecovery> {
        self.plan = self.plan.recover(wished)?;
        Ok(self)
    }

    /// Compares a typed pairing code with the one that the phone shows.
    pub fn pair(self, typed: &PairingCode, now: OffsetDateTime) -> Result<Pairing, PairingRefusal> {
        let stage = match &self.stage {
            Stage::KeysReceived(stage) => stage.clone(),
            Stage::Started(_) | Stage::Open(_) | Stage::Claimed(_) => {
                return Err(PairingRefusal::PhoneNotReady);
            }
            Stage::Confirmed(_) => return Err(PairingRefusal::AlreadyConfirmed),
            Stage::Completed(_) | Stage::Ended(_) => return Err(PairingRefusal::Ended),
        };
        if stage.pairing_code().matches(typed) {
            return Ok(Pairing::Right(self, stage));
        }
        let tries_left = stage.tries_left.saturating_sub(1);
        let next = if tries_left == 0 {
            self.fail(Ending::PairingCodeWrong, now)
        } else {
            self.with(Stage::KeysReceived(KeysReceived { tries_left, ..stage }))
        };
        Ok(Pairing::Wrong(next, tries_left))
    }

    /// The certificates are issued under this mobile ID; the phone has until then to confirm.
    pub fn confirm(self, mobile_id: Uuid, now: OffsetDateTime, limits: &Limits) -> Result<Self, Refusal> {
        match &self.stage {
            Stage::KeysReceived(stage) => {
                let claim = stage.claim.clone();
                let until = now + limits.receipt_ttl;
                Ok(self.with(Stage::Confirmed(Confirmed {
                    until,
                    claim,
                    mobile_id,
                })))
            }
            Stage::Completed(_) | Stage::Ended(_) => Err(Refusal::Ended),
            _ => Err(Refusal::NotNow),
        }
    }

    /// Whether Next was pressed on the step that the process is at. Where not, another window or an earlier click
    /// has moved it on, and there is nothing to do.
    pub fn is_at(&self, step: Step) -> bool {
        !self.state().is_final() && self.step() == step
    }
}

impl KeysReceived {
    /// The six digits that the phone derives and shows.
    pub fn pairing_code(&self) -> PairingCode {
        let keys: Vec<(Purpose, Vec<u8>)> = self
            .keys
            .iter()
            .map(|key| (key.purpose, key.spki.clone()))
            .collect();
        PairingKey(self.claim.pairing_key).pairing_code(&self.nonce, &keys)
    }

    /// What archived keys are sealed to, SubjectPublicKeyInfo (DER).
    pub fn transport_key(&self) -> Option<&[u8]> {
        let mut keys = self.keys.iter();
        let key = keys.find(|key| key.purpose == Purpose::Encryption)?;
        Some(&key.spki)
    }
}
