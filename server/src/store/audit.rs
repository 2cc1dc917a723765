//! The audit log: a record's place in the chain is given here, in the transaction of the change that it tells of.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait as _, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
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

#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// With the store's origin, where the record has none of its own. Gets its place in the chain with the commit: after
    /// the last record that this server knows of, or, where another has written since, after that one's.
    pub fn append_audit(&self, record: &Record) {
        // What the portal does by itself comes from nowhere, whoever has asked for something meanwhile.
        let origin = self.origin.as_deref().filter(|_| record.by != Actor::System);
        let record = Record {
            origin: record.origin.clone().or_else(|| origin.map(str::to_owned)),
            ..record.clone()
        };
        self.book.db.told(|told| told.push(record));
    }

    /// Writes everything that was kept back, the records last, and makes it durable. Gives where the chain ends then, where
    /// there were any.
    pub(super) async fn finish(&self) -> Result<Option<Head>> {
        let damaged = || StoreError::Damaged { table: "audit_head" };
        let told = self.book.db.told(mem::take);
        if told.is_empty() {
            return self.finish_whole().await.map(|()| None);
        }
        let mut tried = None;
        if let Some(last) = self.last_head.get() {
            let head = self.book.db.kept().await;
            let place = self.book.chain(&last, &told).await?;
            match self.book.db.finish().await? {
                None => return Ok(Some(place)),
                // Another has written since.
                Some(number) if number == head => tried = Some(place),
                Some(_) => return Err(DbErr::RecordNotUpdated.into()),
            }
        }
        let last = audit_head::Entity::find_by_id(1).lock_exclusive();
        let last = last.one(&self.book.db).await?.ok_or_else(damaged)?;
        let last = Head {
            sequence: last.sequence,
            hash: last.hash,
        };
        if tried.as_ref() == Some(&last) {
            return Err(DbErr::RecordNotUpdated.into());
        }
        let place = self.book.chain(&last, &told).await?;
        self.finish_whole().await?;
        Ok(Some(place))
    }

    async fn finish_whole(&self) -> Result<()> {
        match self.book.db.finish().await? {
            None => Ok(()),
            Some(_) => Err(DbErr::RecordNotUpdated.into()),
        }
    }
}

impl Book {
    /// Moves the head from `last`, which changes nothing where the chain does not end there, and adds the records. Gives
    /// where it ends then. Kept back.
    async fn chain(&self, last: &Head, records: &[Record]) -> Result<Head> {
        let mut rows = Vec::with_capacity(records.len());
        let mut place = last.clone();
        for record in records {
            place = place.followed_by(record)?;
            rows.push(row(record, &place));
        }
        let head = audit_head::ActiveModel {
            sequence: Set(place.sequence),
            hash: Set(place.hash.clone()),
            ..Default::default()
        };
        let moved = audit_head::Entity::update_many()
            .set(head)
            .filter(audit_head::Column::Id.eq(1))
            .filter(audit_head::Column::Sequence.eq(last.sequence))
            .filter(audit_head::Column::Hash.eq(&*last.hash));
        let moved = moved.build(self.db.get_database_backend());
        self.db.write(moved, 1).await?;
        self.db.insert(rows).await?;
        Ok(place)
    }

    /// What happened to a mobile ID and in the process that made it, oldest first; in a transaction, with what it has
    /// told itself.
    pub async fn history(&self, mobile_id: Uuid, process: Uuid) -> Result<Vec<Record>> {
        let concerns = Condition::any()
            .add(audit::Column::MobileId.eq(mobile_id))
            .add(audit::Column::ProcessId.eq(process));
        let rows = audit::Entity::find()
            .filter(concerns)
            .order_by_asc(audit::Column::Sequence)
            .all(&self.db)
            .await?;
        let stored = rows.into_iter().map(|row| Ok(read(row)?.record));
        let concerns =
            |record: &Record| record.mobile_id == Some(mobile_id) || record.process == Some(process);
        let told = self.db.told(|told| told.clone());
        stored.chain(told.into_iter().filter(concerns).map(Ok)).collect()
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

fn row(record: &Record, place: &Head) -> audit::ActiveModel {
    audit::ActiveModel {
        sequence: Set(place.sequence),
        at: Set(millis(record.at)),
        event: Set(word(&record.event)),
        by: Set(word(&record.by)),
        user_id: Set(record.user),
        process_id: Set(record.process),
        mobile_id: Set(record.mobile_id),
        origin: Set(record.origin.clone()),
        detail: Set(record.detail.clone()),
        hash: Set(place.hash.clone()),
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
