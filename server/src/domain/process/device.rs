//! What the phone does after its claim: keys, then the receipt.

use shared::api::Purpose;
use time::OffsetDateTime;

use super::{Completed, Key, KeysReceived, Process, Stage};
use crate::domain::limits::Limits;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysRefusal {
    #[error("exactly one key for each wanted purpose")]
    WrongSet,
    #[error("the process has moved on")]
    NotNow,
    #[error("the process has ended")]
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefusal {
    #[error("nothing was issued yet")]
    NotNow,
    #[error("the process has ended")]
    Ended,
}

impl Process {
    /// The nonce that was given for these very keys, where the phone sends them again because an answer was lost.
    pub fn nonce_for(&self, keys: &[Key]) -> Option<[u8; 16]> {
        match &self.stage {
            Stage::KeysReceived(stage) if same(&stage.keys, keys) => Some(stage.nonce),
            _ => None,
        }
    }

    /// The verified keys, one for each of the plan's `key_set`. From here on the pairing code exists.
    pub fn receive_keys(
        self,
        keys: Vec<Key>,
        nonce: [u8; 16],
        now: OffsetDateTime,
        limits: &Limits,
    ) -> Result<Self, KeysRefusal> {
        let claim = match &self.stage {
            Stage::Claimed(stage) => stage.claim.clone(),
            Stage::Completed(_) | Stage::Ended(_) => return Err(KeysRefusal::Ended),
            _ => return Err(KeysRefusal::NotNow),
        };
        if sorted(keys.iter().map(|key| key.purpose)) != sorted(self.plan.key_set().into_iter()) {
            return Err(KeysRefusal::WrongSet);
        }
        let until = now + limits.confirmation_ttl;
        let tries_left = limits.pairing_tries;
        Ok(self.with(Stage::KeysReceived(KeysReceived {
            until,
            claim,
            keys,
            nonce,
            tries_left,
        })))
    }

    /// How many keys lie sealed for the phone, which gets so many earlier ones: none before the issuance, and none once
    /// the process has ended.
    pub fn sealed_keys(&self, recovered: usize) -> usize {
        match self.stage {
            Stage::Confirmed(_) => usize::from(self.plan.makes_encryption_key()) + recovered,
            _ => 0,
        }
    }

    /// The install receipt is verified: the end, well.
    pub fn complete(self, now: OffsetDateTime) -> Result<Self, ReceiptRefusal> {
        match &self.stage {
            Stage::Confirmed(stage) => {
                let (claim, mobile_id) = (stage.claim.clone(), stage.mobile_id);
                Ok(self.with(Stage::Completed(Completed {
                    at: now,
                    claim,
                    mobile_id,
                })))
            }
            Stage::Ended(_) => Err(ReceiptRefusal::Ended),
            _ => Err(ReceiptRefusal::NotNow),
        }
    }
}

fn sorted(purposes: impl Iterator<Item = Purpose>) -> Vec<Purpose> {
    let mut purposes: Vec<_> = purposes.collect();
    purposes.sort_unstable();
    purposes
}

fn same(a: &[Key], b: &[Key]) -> bool {
    a.len() == b.len() && a.iter().all(|key| b.contains(key))
}
