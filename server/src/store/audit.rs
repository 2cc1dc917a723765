//! The audit log: a record's place in the chain is given here, in the transaction of the change that it tells of.

use std::sync::{Mutex, PoisonError};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use shared::{
    api::{Actor, Event},
    protocol,
};
use uuid::Uuid;

use super::{
    Book, Result, StoreError, Transaction,
    column::{from_word, millis, time, word},
    entity::{audit, audit_head},
};
use crate::domain::audit::Record;

const TABLE: &str = "audit";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub sequence: i64,
    pub record: Record,
    pub hash: [u8; 32],
}

/// What a walk along the chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// So many records, each in its place and unchanged.
    Whole(i64),
    /// The first record that does not fit: it, or one before it, was changed, removed or moved.
    BrokenAt(i64),
}

/// The last place in the chain, as somebody knows it. It is never trusted: the next record goes in only where the
/// database says the same.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<Option<Head>>);

#[derive(Debug, Clone)]
pub(super) struct Head {
    sequence: i64,
    hash: String,
}

impl Remembered {
    pub(super) fn get(&self) -> Option<Head> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, head: Head) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }
}

impl Head {
    fn followed_by(&self, record: &Record) -> Result<Self> {
        let sequence = self.sequence + 1;
        let hash = record.chained_hash(&octets(&self.hash)?, sequence);
        Ok(Self {
            sequence,
            hash: protocol::encode(&hash),
        })
    }
}

impl Transaction {
    /// With the store's origin, where the record has none of its own. Goes after the last record that this server knows
    /// of, or, where another has written since, after that one's.
    pub async fn append_audit(&self, record: &Record) -> Result<()> {
        // What the portal does by itself comes from nowhere, whoever has asked for something meanwhile.
        let origin = self.origin.as_deref().filter(|_| record.by != Actor::System);
        let record = &Record {
            origin: record.origin.clone().or_else(|| origin.map(str::to_owned)),
            ..record.clone()
        };
        let Head { sequence, hash } = self.take_place(record).await?;
        let row = audit::ActiveModel {
            sequence: Set(sequence),
            at: Set(millis(record.at)),
            event: Set(word(&record.event)),
            by: Set(word(&record.by)),
            user_id: Set(record.user),
            process_id: Set(record.process),
            mobile_id: Set(record.mobile_id),
            origin: Set(record.origin.clone()),
            detail: Set(record.detail.clone()),
            hash: Set(hash),
        };
        audit::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    async fn take_place(&self, record: &Record) -> Result<Head> {
        let damaged = || StoreError::Damaged { table: "audit_head" };
        let place = match self.head.get().or_else(|| self.last_head.get()) {
            Some(last) => self.move_head(&last, record).await?,
            None => None,
        };
        let place = if let Some(place) = place {
            place
        } else {
            let last = audit_head::Entity::find_by_id(1).lock_exclusive();
            let last = last.one(&self.db).await?.ok_or_else(damaged)?;
            let last = Head {
                sequence: last.sequence,
                hash: last.hash,
            };
            self.move_head(&last, record).await?.ok_or_else(damaged)?
        };
        self.head.set(place.clone());
        Ok(place)
    }

    /// `None` where the chain does not end at `last`.
    async fn move_head(&self, last: &Head, record: &Record) -> Result<Option<Head>> {
        let place = last.followed_by(record)?;
        let head = audit_head::ActiveModel {
            sequence: Set(place.sequence),
            hash: Set(place.hash.clone()),
            ..Default::default()
        };
        let moved = audit_head::Entity::update_many()
            .set(head)
            .filter(audit_head::Column::Id.eq(1))
            .filter(audit_head::Column::Sequence.eq(last.sequence))
            .filter(audit_head::Column::Hash.eq(&*last.hash))
            .exec(&self.db)
            .await?;
        Ok((moved.rows_affected == 1).then_some(place))
    }
}

impl<C: ConnectionTrait> Book<C> {
    /// What happened to a mobile ID and in the process that made it, oldest first.
    pub async fn history(&self, mobile_id: Uuid, process: Uuid) -> Result<Vec<Record>> {
        let concerns = Condition::any()
            .add(audit::Column::MobileId.eq(mobile_id))
            .add(audit::Column::ProcessId.eq(process));
        let rows = audit::Entity::find()
            .filter(concerns)
            .order_by_asc(audit::Column::Sequence)
            .all(&self.db)
            .await?;
        rows.into_iter().map(|row| Ok(read(row)?.record)).collect()
    }

    /// Entries after `sequence`, in order, `limit` at most.
    pub async fn audit_after(&self, sequence: i64, limit: u64) -> Result<Vec<AuditEntry>> {
        let rows = audit::Entity::find()
            .filter(audit::Column::Sequence.gt(sequence))
            .order_by_asc(audit::Column::Sequence)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Likewise, of this event alone.
    pub async fn audit_of_after(&self, event: Event, sequence: i64, limit: u64) -> Result<Vec<AuditEntry>> {
        let rows = audit::Entity::find()
            .filter(audit::Column::Event.eq(word(&event)))
            .filter(audit::Column::Sequence.gt(sequence))
            .order_by_asc(audit::Column::Sequence)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Walks along the whole chain.
    pub async fn verify_audit(&self) -> Result<Chain> {
        let (mut last, mut previous) = (0, [0; 32]);
        loop {
            let page = self.audit_after(last, 1_000).await?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                let fits = entry.sequence == last + 1
                    && entry.hash == entry.record.chained_hash(&previous, entry.sequence);
                if !fits {
                    return Ok(Chain::BrokenAt(entry.sequence));
                }
                (last, previous) = (entry.sequence, entry.hash);
            }
        }
        let head = audit_head::Entity::find_by_id(1).one(&self.db).await?;
        // What was written since the last page was read goes on where this ends.
        let since = self.audit_after(last, 1).await?;
        let ends_here = match (head, since.first()) {
            (Some(head), None) => head.sequence == last && octets(&head.hash).is_ok_and(|h| h == previous),
            (Some(_), Some(next)) => next.hash == next.record.chained_hash(&previous, last + 1),
            (None, _) => false,
        };
        Ok(if ends_here {
            Chain::Whole(last)
        } else {
            Chain::BrokenAt(last + 1)
        })
    }
}

fn read(row: audit::Model) -> Result<AuditEntry> {
    Ok(AuditEntry {
        sequence: row.sequence,
        hash: octets(&row.hash)?,
        record: Record {
            at: time(TABLE, row.at)?,
            event: from_word(TABLE, row.event)?,
            by: from_word(TABLE, row.by)?,
            user: row.user_id,
            process: row.process_id,
            mobile_id: row.mobile_id,
            origin: row.origin,
            detail: row.detail,
        },
    })
}

/// Nothing stands for the hash before the first record.
fn octets(text: &str) -> Result<[u8; 32]> {
    if text.is_empty() {
        return Ok([0; 32]);
    }
    protocol::decode(text)
        .and_then(|octets| octets.try_into().ok())
        .ok_or(StoreError::Damaged { table: TABLE })
}
