//! What is written down of every change, in the transaction that makes it, chained by hashes so that a changed,
//! removed or reordered record shows.

use sha2::{Digest, Sha256};
use shared::api::{Actor, Event};
use time::OffsetDateTime;
use uuid::Uuid;

/// One record before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub at: OffsetDateTime,
    pub event: Event,
    pub by: Actor,
    /// Whom it concerns.
    pub user: Option<Uuid>,
    pub process: Option<Uuid>,
    pub mobile_id: Option<Uuid>,
    /// Whence it was asked for: address and browser, or the command line and its user. `None`: the portal itself.
    pub origin: Option<String>,
    /// For administrators: no secret, no words meant for users.
    pub detail: String,
}

impl Record {
    pub fn new(at: OffsetDateTime, event: Event, by: Actor) -> Self {
        Self {
            at,
            event,
            by,
            user: None,
            process: None,
            mobile_id: None,
            origin: None,
            detail: String::new(),
        }
    }

    #[must_use]
    pub fn user(mut self, id: Uuid) -> Self {
        self.user = Some(id);
        self
    }

    #[must_use]
    pub fn process(mut self, id: Uuid) -> Self {
        self.process = Some(id);
        self
    }

    #[must_use]
    pub fn mobile_id(mut self, id: Option<Uuid>) -> Self {
        self.mobile_id = id;
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// SHA-256 over the hash before, the sequence number, the time in milliseconds and every field, each led by its
    /// length. Records of before there was an origin have none, and no field for it.
    pub fn chained_hash(&self, previous: &[u8; 32], sequence: i64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(sequence.to_be_bytes());
        hash.update((self.at.unix_timestamp_nanos() / 1_000_000).to_be_bytes());
        let id = |id: Option<Uuid>| id.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        let fields = [
            word(&self.event),
            word(&self.by),
            id(self.user),
            id(self.process),
            id(self.mobile_id),
            self.detail.as_bytes().to_vec(),
        ];
        let origin = self.origin.as_ref().map(|origin| origin.as_bytes().to_vec());
        for field in fields.into_iter().chain(origin) {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().into()
    }
}

fn word(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_the_place_change_the_hash() {
        let base = Record::new(OffsetDateTime::UNIX_EPOCH, Event::ProcessStarted, Actor::User);
        let hash = |record: &Record| record.chained_hash(&[0; 32], 1);
        let id = Uuid::max();
        let others = [
            Record {
                at: OffsetDateTime::UNIX_EPOCH + time::Duration::SECOND,
                ..base.clone()
            },
            Record {
                event: Event::ProcessFailed,
                ..base.clone()
            },
            Record {
                by: Actor::System,
                ..base.clone()
            },
            base.clone().user(id),
            base.clone().process(id),
            base.clone().mobile_id(Some(id)),
            base.clone().detail("x"),
            Record {
                origin: Some(String::new()),
                ..base.clone()
            },
            Record {
                origin: Some("192.0.2.7".into()),
                ..base.clone()
            },
        ];
        let mut hashes: Vec<_> = others.iter().map(hash).collect();
        hashes.extend([
            hash(&base),
            base.chained_hash(&[1; 32], 1),
            base.chained_hash(&[0; 32], 2),
        ]);
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
