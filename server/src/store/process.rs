//! Processes. The stage travels as JSON; what is searched for has a column of its own.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, LockType},
};
use shared::api::ProcessKind;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{from_json, json, millis, time, word},
    entity::{
        process::{ActiveModel, Column, Entity, Model},
        user,
    },
};
use crate::domain::{
    process::{Process, Stage},
    secret::Hash,
    user::User,
};

const TABLE: &str = "process";

impl Book {
    pub async fn process(&self, id: Uuid) -> Result<Option<Process>> {
        Entity::find_by_id(id)
            .one(&self.db)
            .await?
            .map(|row| read(&row))
            .transpose()
    }

    /// With its user.
    pub async fn process_with_user(&self, id: Uuid) -> Result<Option<(Process, User)>> {
        let found = Entity::find_by_id(id).find_also_related(user::Entity);
        found.one(&self.db).await?.map(read_both).transpose()
    }

    /// For a transaction that will write it: whoever else wants it waits (PostgreSQL locks the row, SQLite has one
    /// writer anyhow). With its user.
    pub async fn process_to_change(&self, id: Uuid) -> Result<Option<(Process, User)>> {
        self.to_change(Column::Id.eq(id)).await
    }

    /// The process of the phone that holds this token, likewise.
    pub async fn process_of_device_to_change(&self, token: Hash) -> Result<Option<(Process, User)>> {
        self.to_change(Column::DeviceToken.eq(token.text())).await
    }

    /// The process of the phone that holds this token, ended ones too.
    pub async fn process_of_device(&self, token: Hash) -> Result<Option<Process>> {
        let found = Entity::find().filter(Column::DeviceToken.eq(token.text()));
        found.one(&self.db).await?.map(|row| read(&row)).transpose()
    }

    pub async fn open_process(&self, user: Uuid) -> Result<Option<Process>> {
        let found = Entity::find()
            .filter(Column::UserId.eq(user))
            .filter(Column::Kind.eq(word(&ProcessKind::GetMobileId)))
            .filter(Column::EndedAt.is_null());
        found.one(&self.db).await?.map(|row| read(&row)).transpose()
    }

    /// Open processes whose time is over, oldest first, `limit` at most.
    pub async fn processes_over(&self, now: OffsetDateTime, limit: u64) -> Result<Vec<Uuid>> {
        let found = Entity::find()
            .filter(Column::Until.lte(millis(now)))
            .order_by_asc(Column::Until)
            .limit(limit)
            .select_only()
            .column(Column::Id);
        Ok(found.into_tuple().all(&self.db).await?)
    }

    /// `Duplicate` where the user has an open one.
    pub async fn add_process(&self, process: &Process) -> Result<()> {
        let mut row = row(process);
        row.user_id = Set(process.user);
        row.kind = Set(word(&ProcessKind::GetMobileId));
        row.started_at = Set(millis(process.started_at));
        row.plan = Set(json(&process.plan));
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Kept back.
    pub async fn save_process(&self, process: &Process) -> Result<()> {
        Ok(self.db.update(row(process)).await?)
    }

    /// Writes the plan and what is replaced, which change at the introduction alone: when the user has chosen.
    /// Kept back.
    pub async fn save_choice(&self, process: &Process) -> Result<()> {
        let row = ActiveModel {
            id: Set(process.id),
            plan: Set(json(&process.plan)),
            replaced: Set(process.replaced),
            ..Default::default()
        };
        Ok(self.db.update(row).await?)
    }

    async fn to_change(&self, which: Expr) -> Result<Option<(Process, User)>> {
        let mut found = Entity::find().find_also_related(user::Entity).filter(which);
        QueryTrait::query(&mut found).lock_with_tables(LockType::Update, [Entity]);
        found.one(&self.db).await?.map(read_both).transpose()
    }
}

/// What changes from stage to stage.
fn row(process: &Process) -> ActiveModel {
    let ended_at = match &process.stage {
        Stage::Completed(stage) => Some(millis(stage.at)),
        Stage::Ended(stage) => Some(millis(stage.at)),
        _ => None,
    };
    ActiveModel {
        id: Set(process.id),
        state: Set(word(&process.state())),
        until: Set(process.until().map(millis)),
        ended_at: Set(ended_at),
        device_token: Set(process.claim().map(|claim| claim.device_token.text())),
        stage: Set(json(&process.stage)),
        ..Default::default()
    }
}

fn read_both((process, user): (Model, Option<user::Model>)) -> Result<(Process, User)> {
    let user = user.ok_or(StoreError::Damaged { table: TABLE })?;
    Ok((read(&process)?, super::user::read(user)?))
}

fn read(row: &Model) -> Result<Process> {
    Ok(Process {
        id: row.id,
        user: row.user_id,
        started_at: time(TABLE, row.started_at)?,
        plan: from_json(TABLE, &row.plan)?,
        replaced: row.replaced,
        stage: from_json(TABLE, &row.stage)?,
    })
}
