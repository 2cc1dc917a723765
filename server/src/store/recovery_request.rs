//! Requests to recover archived keys, and who decided on them. Written by whoever holds the process's row, so that
//! one process has one pending request at most; an index holds it too.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use shared::api::ApprovalState;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{from_json, from_word, json, millis, time, word},
    entity::{
        recovery_request::{ActiveModel, Column, Entity, Model},
        user,
    },
};
use crate::domain::{
    recovery_request::{Decided, RecoveryRequest},
    user::User,
};

const TABLE: &str = "recovery_request";

impl Book {
    pub async fn recovery_request(&self, id: Uuid) -> Result<Option<RecoveryRequest>> {
        Entity::find_by_id(id).one(&self.db).await?.map(read).transpose()
    }

    /// All of one process, newest first.
    pub async fn recovery_requests_of(&self, process: Uuid) -> Result<Vec<RecoveryRequest>> {
        let found = Entity::find()
            .filter(Column::ProcessId.eq(process))
            .order_by_desc(Column::RequestedAt)
            .order_by_desc(Column::Id);
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// With the user who asked: those that wait, the one that lapses first at the top.
    pub async fn pending_recovery_requests(&self, limit: u64) -> Result<Vec<(RecoveryRequest, User)>> {
        let found = Entity::find()
            .find_also_related(user::Entity)
            .filter(Column::State.eq(word(&ApprovalState::Pending)))
            .order_by_asc(Column::ExpiresAt)
            .order_by_asc(Column::Id)
            .limit(limit);
        found
            .all(&self.db)
            .await?
            .into_iter()
            .map(read_with_user)
            .collect()
    }

    /// Likewise: those that wait no more, newest first.
    pub async fn settled_recovery_requests(&self, limit: u64) -> Result<Vec<(RecoveryRequest, User)>> {
        let found = Entity::find()
            .find_also_related(user::Entity)
            .filter(Column::State.ne(word(&ApprovalState::Pending)))
            .order_by_desc(Column::RequestedAt)
            .order_by_desc(Column::Id)
            .limit(limit);
        found
            .all(&self.db)
            .await?
            .into_iter()
            .map(read_with_user)
            .collect()
    }

    /// Those that wait and whose time is over, oldest first, `limit` at most.
    pub async fn recovery_requests_over(
        &self,
        now: OffsetDateTime,
        limit: u64,
    ) -> Result<Vec<RecoveryRequest>> {
        let found = Entity::find()
            .filter(Column::State.eq(word(&ApprovalState::Pending)))
            .filter(Column::ExpiresAt.lte(millis(now)))
            .order_by_asc(Column::ExpiresAt)
            .limit(limit);
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// `Duplicate` where the process has one that waits.
    pub async fn add_recovery_request(&self, request: &RecoveryRequest) -> Result<()> {
        let row = ActiveModel {
            process_id: Set(request.process),
            user_id: Set(request.user),
            serials: Set(json(&request.serials)),
            requested_at: Set(millis(request.requested_at)),
            ..state(request)
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Writes the state and what belongs to it; the rest never changes.
    pub async fn save_recovery_request(&self, request: &RecoveryRequest) -> Result<()> {
        Entity::update(state(request))
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// What still waits for this process lapses. Gives the number: one at most.
    pub async fn lapse_recovery_request(&self, process: Uuid) -> Result<u64> {
        let lapsed = Entity::update_many()
            .col_expr(Column::State, Expr::value(word(&ApprovalState::Lapsed)))
            .filter(Column::ProcessId.eq(process))
            .filter(Column::State.eq(word(&ApprovalState::Pending)))
            .exec(&self.db)
            .await?;
        Ok(lapsed.rows_affected)
    }
}

fn state(request: &RecoveryRequest) -> ActiveModel {
    let decided = request.decided.as_ref();
    ActiveModel {
        id: Set(request.id),
        expires_at: Set(millis(request.expires_at)),
        state: Set(word(&request.state)),
        decided_by: Set(decided.map(|decided| decided.by)),
        decided_at: Set(decided.map(|decided| millis(decided.at))),
        reason: Set(decided.map(|decided| decided.reason.clone())),
        ..Default::default()
    }
}

fn read(row: Model) -> Result<RecoveryRequest> {
    let decided = match (row.decided_by, row.decided_at, row.reason) {
        (Some(by), Some(at), Some(reason)) => Some(Decided {
            by,
            at: time(TABLE, at)?,
            reason,
        }),
        (None, None, None) => None,
        _ => return Err(StoreError::Damaged { table: TABLE }),
    };
    Ok(RecoveryRequest {
        id: row.id,
        process: row.process_id,
        user: row.user_id,
        serials: from_json(TABLE, &row.serials)?,
        requested_at: time(TABLE, row.requested_at)?,
        expires_at: time(TABLE, row.expires_at)?,
        state: from_word(TABLE, row.state)?,
        decided,
    })
}

fn read_with_user((row, user): (Model, Option<user::Model>)) -> Result<(RecoveryRequest, User)> {
    let user = user.ok_or(StoreError::Damaged { table: TABLE })?;
    Ok((read(row)?, super::user::read(user)?))
}
