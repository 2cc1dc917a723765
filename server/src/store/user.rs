//! Users.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use shared::api::{Language, UserState};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result,
    column::{from_json, from_word, json, millis, word},
    entity::user::{ActiveModel, Column, Entity, Model},
};
use crate::domain::user::User;

const TABLE: &str = "user";

impl Book {
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

    /// In order of user name, `limit` at most: those who have `text` in their user name, display name or e-mail
    /// address. Beyond ASCII SQLite knows no cases, so the text is also looked for as it was typed.
    pub async fn find_users(&self, text: &str, limit: u64) -> Result<Vec<User>> {
        let text = text.trim();
        let like = |column: Column, text: &str| {
            let pattern = LikeExpr::new(format!("%{}%", escaped(text))).escape('\\');
            Expr::expr(Func::lower(Expr::col(column))).like(pattern)
        };
        let mut which = Condition::any();
        for column in [Column::UserName, Column::DisplayName, Column::Email] {
            which = which
                .add(like(column, &text.to_lowercase()))
                .add(like(column, text));
        }
        Entity::find()
            .filter(which)
            .order_by_asc(Column::UserName)
            .limit(limit)
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
            attributes: Set(json(&user.attributes)),
            language: Set(user.language.as_ref().map(word)),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Writes what an administrator may change: display name, e-mail address, roles, attributes and language.
    pub async fn save_user(&self, user: &User) -> Result<()> {
        let row = ActiveModel {
            id: Set(user.id),
            display_name: Set(user.display_name.clone()),
            email: Set(user.email.clone()),
            roles: Set(json(&user.roles)),
            attributes: Set(json(&user.attributes)),
            language: Set(user.language.as_ref().map(word)),
            ..Default::default()
        };
        Entity::update(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    pub async fn set_user_language(&self, id: Uuid, language: Language) -> Result<()> {
        let row = ActiveModel {
            id: Set(id),
            language: Set(Some(word(&language))),
            ..Default::default()
        };
        Entity::update(row).exec_without_returning(&self.db).await?;
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

/// `%` and `_` as themselves.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

pub(super) fn read(row: Model) -> Result<User> {
    Ok(User {
        id: row.id,
        user_name: row.user_name,
        display_name: row.display_name,
        email: row.email,
        state: from_word(TABLE, row.state)?,
        roles: from_json(TABLE, &row.roles)?,
        attributes: from_json(TABLE, &row.attributes)?,
        language: row
            .language
            .map(|language| from_word(TABLE, language))
            .transpose()?,
        password_hash: row.password_hash,
    })
}
