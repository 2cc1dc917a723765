//! Users.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use shared::api::UserState;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result,
    column::{from_json, from_word, json, millis, word},
    entity::user::{ActiveModel, Column, Entity, Model},
};
use crate::domain::user::User;

const TABLE: &str = "user";

impl<C: ConnectionTrait> Book<C> {
    pub async fn user(&self, id: Uuid) -> Result<Option<User>> {
        Entity::find_by_id(id).one(&self.db).await?.map(read).transpose()
    }

    /// `user_name` in its canonical spelling.
    pub async fn user_named(&self, user_name: &str) -> Result<Option<User>> {
        Entity::find()
            .filter(Column::UserName.eq(user_name))
            .one(&self.db)
            .await?
            .map(read)
            .transpose()
    }

    /// In order of user name.
    pub async fn users(&self) -> Result<Vec<User>> {
        Entity::find()
            .order_by_asc(Column::UserName)
            .all(&self.db)
            .await?
            .into_iter()
            .map(read)
            .collect()
    }

    /// `Duplicate` where the user name is taken.
    pub async fn add_user(&self, user: &User, now: OffsetDateTime) -> Result<()> {
        let row = ActiveModel {
            id: Set(user.id),
            user_name: Set(user.user_name.clone()),
            display_name: Set(user.display_name.clone()),
            email: Set(user.email.clone()),
            state: Set(word(&user.state)),
            roles: Set(json(&user.roles)),
            password_hash: Set(user.password_hash.clone()),
            created_at: Set(millis(now)),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    pub async fn set_user_state(&self, id: Uuid, state: UserState) -> Result<()> {
        let row = ActiveModel {
            id: Set(id),
            state: Set(word(&state)),
            ..Default::default()
        };
        Entity::update(row).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

pub(super) fn read(row: Model) -> Result<User> {
    Ok(User {
        id: row.id,
        user_name: row.user_name,
        display_name: row.display_name,
        email: row.email,
        state: from_word(TABLE, row.state)?,
        roles: from_json(TABLE, &row.roles)?,
        password_hash: row.password_hash,
    })
}
