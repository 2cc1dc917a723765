//! Sessions, behind tower-sessions. The id is stored as its hash, so a stolen table opens no session; `user_id`
//! has a column, so that all sessions of a user end with one statement.

use async_trait::async_trait;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};
use uuid::Uuid;

use super::{
    Book, Result, Store, StoreError,
    column::{from_json, json, millis, time},
    entity::{
        session::{ActiveModel, Column, Entity, Model},
        user,
    },
};
use crate::domain::{secret::Hash, user::User};

/// The key under which a session says whose it is.
pub const USER: &str = "user";

impl Book {
    /// What a session that is not over holds, with its user as they are now.
    pub async fn signed_in(&self, id: &Id) -> Result<Option<(Record, User)>> {
        let found = Entity::find_by_id(key(id)).find_also_related(user::Entity);
        let Some((row, Some(user))) = found.one(&self.db).await? else {
            return Ok(None);
        };
        let record = read(id, &row)?;
        Ok((record.expiry_date > OffsetDateTime::now_utc()).then_some((record, super::user::read(user)?)))
    }

    /// Signs a user out everywhere.
    pub async fn end_sessions(&self, user: Uuid) -> Result<()> {
        Entity::delete_many()
            .filter(Column::UserId.eq(user))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    pub async fn delete_expired_sessions(&self, now: OffsetDateTime) -> Result<()> {
        Entity::delete_many()
            .filter(Column::ExpiresAt.lt(millis(now)))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

/// The store that tower-sessions talks to.
#[derive(Debug, Clone)]
pub struct Sessions(pub Store);

impl Sessions {
    async fn insert(&self, record: &Record) -> Result<()> {
        let transaction = self.0.begin().await?;
        Entity::insert(row(record))
            .exec_without_returning(&transaction.book.db)
            .await?;
        transaction.commit().await
    }

    /// Changes a session that is there. One that was ended meanwhile stays ended: a request that was under way
    /// while its user signed out must not bring the session back.
    async fn update(&self, record: &Record) -> Result<()> {
        let transaction = self.0.begin().await?;
        let there = Column::IdHash.eq(key(&record.id));
        Entity::update_many()
            .set(row(record))
            .filter(there)
            .exec(&transaction.book.db)
            .await?;
        transaction.commit().await
    }

    async fn read(&self, id: &Id) -> Result<Option<Record>> {
        let row = Entity::find_by_id(key(id)).one(&self.0.read().db).await?;
        row.map(|row| read(id, &row)).transpose()
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 bits of chance do not collide.
        self.insert(record).await.map_err(|error| backend(&error))
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.update(record).await.map_err(|error| backend(&error))
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let record = self.read(id).await.map_err(|error| backend(&error))?;
        Ok(record.filter(|record| record.expiry_date > OffsetDateTime::now_utc()))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let deleted = async {
            let transaction = self.0.begin().await?;
            Entity::delete_by_id(key(id)).exec(&transaction.book.db).await?;
            transaction.commit().await
        };
        deleted.await.map_err(|error| backend(&error))
    }
}

fn row(record: &Record) -> ActiveModel {
    let user_id = record
        .data
        .get(USER)
        .and_then(|user| user.as_str())
        .and_then(|user| user.parse().ok());
    ActiveModel {
        id_hash: Set(key(&record.id)),
        user_id: Set(user_id),
        data: Set(json(&record.data)),
        expires_at: Set(millis(record.expiry_date)),
    }
}

fn read(id: &Id, row: &Model) -> Result<Record> {
    Ok(Record {
        id: *id,
        data: from_json("session", &row.data)?,
        expiry_date: time("session", row.expires_at)?,
    })
}

fn key(id: &Id) -> String {
    Hash::of(&id.0.to_le_bytes()).text()
}

fn backend(error: &StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
