//! The process Get mobile ID: one run, from the click on the dashboard to the install receipt.
//!
//! `started -> open -> claimed -> keys_received -> confirmed -> completed`, and from each state but the last to
//! `cancelled`, `expired` or `failed`. Each transition consumes the process and gives the next one or a refusal;
//! the caller stores what it gets. What a phone or a person may repeat (a lost answer, a double click) is decided
//! here too: see `claim::Answer`.

mod claim;
mod device;
mod end;
mod portal;

use serde::{Deserialize, Serialize};
use shared::api::{Ending, ProcessState, Purpose, Step};
use time::OffsetDateTime;
use uuid::Uuid;

pub use claim::{CodeRefusal, CodeStanding};
pub use device::{KeysRefusal, ReceiptRefusal};
pub use portal::{Pairing, PairingRefusal, Refusal};

use super::{
    options::Plan,
    secret::{Hash, octets},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub id: Uuid,
    pub user: Uuid,
    pub started_at: OffsetDateTime,
    pub plan: Plan,
    /// The mobile ID that this process locked to take its place.
    pub replaced: Option<Uuid>,
    pub stage: Stage,
}

/// Where a process stands, with what is known there and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Started(Started),
    Open(Open),
    Claimed(Claimed),
    KeysReceived(KeysReceived),
    Confirmed(Confirmed),
    Completed(Completed),
    Ended(Ended),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
    /// Counts the codes of this process from 1.
    pub code_number: u32,
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub code_expires_at: OffsetDateTime,
    /// The mail that carries this code. `None`: it was on the screen.
    #[serde(default)]
    pub mail: Option<Uuid>,
}

/// The phone that took the code, and what the pairing code needs from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub device_token: Hash,
    #[serde(with = "octets")]
    pub pairing_key: [u8; 32],
    /// "Pixel 8, Chrome on Android".
    pub phone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
    pub claim: Claim,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysReceived {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
    pub claim: Claim,
    pub keys: Vec<Key>,
    #[serde(with = "octets")]
    pub nonce: [u8; 16],
    pub tries_left: u32,
}

/// A verified public key. That of the purpose `encryption` is the transport key: what it is for is sealed to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub purpose: Purpose,
    /// SubjectPublicKeyInfo, DER.
    #[serde(with = "octets")]
    pub spki: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
    pub claim: Claim,
    pub mobile_id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub at: OffsetDateTime,
    pub claim: Claim,
    pub mobile_id: Uuid,
}

/// Ended other than by completion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub at: OffsetDateTime,
    pub state: ProcessState,
    pub ending: Ending,
    /// Where the user was.
    pub step: Step,
    pub claim: Option<Claim>,
    pub mobile_id: Option<Uuid>,
}

impl Process {
    pub fn state(&self) -> ProcessState {
        match &self.stage {
            Stage::Started(_) => ProcessState::Started,
            Stage::Open(_) => ProcessState::Open,
            Stage::Claimed(_) => ProcessState::Claimed,
            Stage::KeysReceived(_) => ProcessState::KeysReceived,
            Stage::Confirmed(_) => ProcessState::Confirmed,
            Stage::Completed(_) => ProcessState::Completed,
            Stage::Ended(ended) => ended.state,
        }
    }

    pub fn step(&self) -> Step {
        match &self.stage {
            Stage::Started(_) => Step::Introduction,
            Stage::Open(_) | Stage::Claimed(_) | Stage::KeysReceived(_) => Step::Scan,
            Stage::Confirmed(_) | Stage::Completed(_) => Step::Done,
            Stage::Ended(ended) => ended.step,
        }
    }

    pub fn claim(&self) -> Option<&Claim> {
        match &self.stage {
            Stage::Started(_) | Stage::Open(_) => None,
            Stage::Claimed(stage) => Some(&stage.claim),
            Stage::KeysReceived(stage) => Some(&stage.claim),
            Stage::Confirmed(stage) => Some(&stage.claim),
            Stage::Completed(stage) => Some(&stage.claim),
            Stage::Ended(stage) => stage.claim.as_ref(),
        }
    }

    pub fn mobile_id(&self) -> Option<Uuid> {
        match &self.stage {
            Stage::Confirmed(stage) => Some(stage.mobile_id),
            Stage::Completed(stage) => Some(stage.mobile_id),
            Stage::Ended(stage) => stage.mobile_id,
            _ => None,
        }
    }

    /// When the present state ends by itself; `None` where it is final.
    pub fn until(&self) -> Option<OffsetDateTime> {
        match &self.stage {
            Stage::Started(stage) => Some(stage.until),
            Stage::Open(stage) => Some(stage.until),
            Stage::Claimed(stage) => Some(stage.until),
            Stage::KeysReceived(stage) => Some(stage.until),
            Stage::Confirmed(stage) => Some(stage.until),
            Stage::Completed(_) | Stage::Ended(_) => None,
        }
    }

    pub fn ending(&self) -> Option<Ending> {
        match &self.stage {
            Stage::Ended(ended) => Some(ended.ending),
            _ => None,
        }
    }

    fn with(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

#[cfg(test)]
pub(crate) mod tests;
