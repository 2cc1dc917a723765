//! Links in mails, by the hash of their token.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use time::OffsetDateTime;

use super::{
    Book, Result,
    column::{from_word, millis, time, word},
    entity::mail_link::{ActiveModel, Column, Entity, Model},
};
use crate::domain::{mail_link::MailLink, secret::Hash};

const TABLE: &str = "mail_link";

impl Book {
    pub async fn add_mail_link(&self, link: &MailLink) -> Result<()> {
        let row = ActiveModel {
            hash: Set(link.hash.text()),
            kind: Set(word(&link.kind)),
            user_id: Set(link.user),
            process_id: Set(link.process),
            mobile_id: Set(link.mobile_id),
            browser: Set(link.browser.clone()),
            created_at: Set(millis(link.created_at)),
            expires_at: Set(millis(link.expires_at)),
            used_at: Set(link.used_at.map(millis)),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// One that has expired is not there.
    pub async fn mail_link(&self, hash: Hash, now: OffsetDateTime) -> Result<Option<MailLink>> {
        let found = Entity::find_by_id(hash.text()).filter(Column::ExpiresAt.gt(millis(now)));
        let found = found.one(&self.db).await?;
        found.map(|row| read(row, hash)).transpose()
    }

    /// `false` where it was used before. Whoever asks at the same moment waits until this transaction has ended.
    pub async fn use_mail_link(&self, hash: Hash, now: OffsetDateTime) -> Result<bool> {
        let used = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(millis(now)))
            .filter(Column::Hash.eq(hash.text()))
            .filter(Column::UsedAt.is_null())
            .exec(&self.db)
            .await?;
        Ok(used.rows_affected == 1)
    }

    pub async fn delete_expired_mail_links(&self, now: OffsetDateTime) -> Result<()> {
        let expired = Entity::delete_many().filter(Column::ExpiresAt.lte(millis(now)));
        expired.exec(&self.db).await?;
        Ok(())
    }
}

fn read(row: Model, hash: Hash) -> Result<MailLink> {
    let at = |millis| time(TABLE, millis);
    Ok(MailLink {
        hash,
        kind: from_word(TABLE, row.kind)?,
        user: row.user_id,
        process: row.process_id,
        mobile_id: row.mobile_id,
        browser: row.browser,
        created_at: at(row.created_at)?,
        expires_at: at(row.expires_at)?,
        used_at: row.used_at.map(at).transpose()?,
    })
}
