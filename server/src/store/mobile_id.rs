//! Mobile IDs.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use shared::api::MobileIdState;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{from_word, millis, time, word},
    entity::mobile_id::{ActiveModel, Column, Entity, Model},
};
use crate::domain::mobile_id::{Announced, MobileId};

const TABLE: &str = "mobile_id";

/// What time ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeEnds {
    /// Active and paused mobile IDs.
    Working,
    /// Encryption certificates of locked ones that were kept.
    KeptEncryption,
}

impl Book {
    /// A deleted one too.
    pub async fn mobile_id(&self, id: Uuid) -> Result<Option<MobileId>> {
        Entity::find_by_id(id).one(&self.db).await?.map(read).transpose()
    }

    /// The same for a transaction that will write it: whoever else wants it waits (PostgreSQL locks the row, SQLite
    /// has one writer anyhow). Whoever needs its process as well takes that first.
    pub async fn mobile_id_to_change(&self, id: Uuid) -> Result<Option<MobileId>> {
        let found = Entity::find_by_id(id).lock_exclusive();
        found.one(&self.db).await?.map(read).transpose()
    }

    /// Those that the user sees, newest first.
    pub async fn mobile_ids(&self, user: Uuid) -> Result<Vec<MobileId>> {
        let found = Entity::find()
            .filter(Column::UserId.eq(user))
            .filter(Column::DeletedAt.is_null())
            .order_by_desc(Column::ValidFrom);
        found
            .order_by_desc(Column::Id)
            .all(&self.db)
            .await?
            .into_iter()
            .map(read)
            .collect()
    }

    /// A user's mobile IDs that can still change, for a transaction that will write them; with them those that are locked
    /// and whose encryption certificate was kept, deleted or not.
    pub async fn live_mobile_ids_to_change(&self, user: Uuid) -> Result<Vec<MobileId>> {
        let live = [
            MobileIdState::Registered,
            MobileIdState::Active,
            MobileIdState::Inactive,
        ];
        let live = Condition::all()
            .add(Column::DeletedAt.is_null())
            .add(Column::State.is_in(live.map(|state| word(&state))));
        let found = Entity::find()
            .filter(Column::UserId.eq(user))
            .filter(Condition::any().add(live).add(Column::EncryptionKept.eq(true)))
            // Two transactions that want several take them in the same order.
            .order_by_asc(Column::Id)
            .lock_exclusive();
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// Those that time has ended, in order of end and id, `limit` at most, after the one that has these two.
    pub async fn mobile_ids_over(
        &self,
        which: TimeEnds,
        now: OffsetDateTime,
        after: Option<(OffsetDateTime, Uuid)>,
        limit: u64,
    ) -> Result<Vec<MobileId>> {
        // Each by an index of its own.
        let can_end = match which {
            TimeEnds::Working => {
                let states = [MobileIdState::Active, MobileIdState::Inactive];
                Column::State.is_in(states.map(|state| word(&state)))
            }
            TimeEnds::KeptEncryption => Column::EncryptionKept.eq(true),
        };
        let found = Entity::find()
            .filter(can_end)
            .filter(Column::ValidUntil.lt(millis(now)))
            .filter(behind(Column::ValidUntil, after))
            .order_by_asc(Column::ValidUntil)
            .order_by_asc(Column::Id)
            .limit(limit);
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// Those that were paused until then at the latest, in order of that time and id, `limit` at most, after the one
    /// that has these two.
    pub async fn mobile_ids_paused(
        &self,
        until: OffsetDateTime,
        after: Option<(OffsetDateTime, Uuid)>,
        limit: u64,
    ) -> Result<Vec<MobileId>> {
        let found = Entity::find()
            .filter(Column::State.eq(word(&MobileIdState::Inactive)))
            .filter(Column::StateSince.lte(millis(until)))
            .filter(behind(Column::StateSince, after))
            .order_by_asc(Column::StateSince)
            .order_by_asc(Column::Id)
            .limit(limit);
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// Kept back.
    pub async fn add_mobile_id(&self, mobile_id: &MobileId) -> Result<()> {
        let row = ActiveModel {
            id: Set(mobile_id.id),
            user_id: Set(mobile_id.user),
            process_id: Set(mobile_id.process),
            name: Set(mobile_id.name.clone()),
            server_name: Set(mobile_id.server_name.clone()),
            mobile_user_id: Set(mobile_id.user_id.clone()),
            phone: Set(mobile_id.phone.clone()),
            valid_from: Set(millis(mobile_id.valid_from)),
            valid_until: Set(millis(mobile_id.valid_until)),
            ..state(mobile_id)?
        };
        Ok(self.db.insert([row]).await?)
    }

    /// Writes the state and what belongs to it; the rest never changes. Kept back.
    pub async fn save_mobile_id(&self, mobile_id: &MobileId) -> Result<()> {
        let row = ActiveModel {
            id: Set(mobile_id.id),
            ..state(mobile_id)?
        };
        Ok(self.db.update(row).await?)
    }
}

/// What comes after the row with this time and id.
fn behind(column: Column, after: Option<(OffsetDateTime, Uuid)>) -> Condition {
    let Some((at, id)) = after else {
        return Condition::all();
    };
    let same = Condition::all().add(column.eq(millis(at))).add(Column::Id.gt(id));
    let later: Expr = column.gt(millis(at));
    Condition::any().add(later).add(same)
}

fn damaged() -> StoreError {
    StoreError::Damaged { table: TABLE }
}

fn state(mobile_id: &MobileId) -> Result<ActiveModel> {
    let days = mobile_id.pause_end.map(|told| i32::try_from(told.days_before));
    Ok(ActiveModel {
        state: Set(word(&mobile_id.state)),
        state_since: Set(millis(mobile_id.state_since)),
        failure: Set(mobile_id.failure.as_ref().map(word)),
        lock_reason: Set(mobile_id.lock_reason.as_ref().map(word)),
        encryption_kept: Set(mobile_id.encryption_kept),
        pause_cause: Set(mobile_id.pause_cause.as_ref().map(word)),
        pause_end_days: Set(days.transpose().map_err(|_| damaged())?),
        pause_end_told_at: Set(mobile_id.pause_end.map(|told| millis(told.at))),
        deleted_at: Set(mobile_id.deleted_at.map(millis)),
        ..Default::default()
    })
}

pub(super) fn read(row: Model) -> Result<MobileId> {
    let told = row.pause_end_days.zip(row.pause_end_told_at);
    let told = told.map(|(days, at)| {
        Ok::<_, StoreError>(Announced {
            days_before: u32::try_from(days).map_err(|_| damaged())?,
            at: time(TABLE, at)?,
        })
    });
    Ok(MobileId {
        id: row.id,
        user: row.user_id,
        process: row.process_id,
        name: row.name,
        server_name: row.server_name,
        user_id: row.mobile_user_id,
        phone: row.phone,
        state: from_word(TABLE, row.state)?,
        state_since: time(TABLE, row.state_since)?,
        failure: row.failure.map(|word| from_word(TABLE, word)).transpose()?,
        lock_reason: row.lock_reason.map(|word| from_word(TABLE, word)).transpose()?,
        encryption_kept: row.encryption_kept,
        pause_cause: row.pause_cause.map(|word| from_word(TABLE, word)).transpose()?,
        pause_end: told.transpose()?,
        valid_from: time(TABLE, row.valid_from)?,
        valid_until: time(TABLE, row.valid_until)?,
        deleted_at: row.deleted_at.map(|at| time(TABLE, at)).transpose()?,
    })
}
