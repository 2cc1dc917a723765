//! The key archive's rows: encryption keys, sealed. Without the recovery key they are noise.

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Book, Result,
    column::{millis, time},
    entity::{
        archived_key::{ActiveModel, Column, Entity, Model},
        ca_certificate,
    },
};
use crate::domain::archived_key::ArchivedKey;

impl Book {
    /// `Duplicate` where this certificate's key is archived already.
    pub async fn add_archived_key(&self, key: &ArchivedKey) -> Result<()> {
        let row = ActiveModel {
            serial: Set(key.serial.clone()),
            user_id: Set(key.user),
            recovery_key: Set(key.recovery_key.clone()),
            sealed: Set(key.sealed.clone()),
            archived_at: Set(millis(key.archived_at)),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// `serial` in upper-case hex.
    pub async fn archived_key(&self, serial: &str) -> Result<Option<ArchivedKey>> {
        Entity::find_by_id(serial)
            .one(&self.db)
            .await?
            .map(read)
            .transpose()
    }

    /// Everything after `serial`, in order, `limit` at most, each with its certificate (DER) in the CA's book.
    pub async fn archived_keys_after(
        &self,
        serial: &str,
        limit: u64,
    ) -> Result<Vec<(ArchivedKey, Option<Vec<u8>>)>> {
        let page = Entity::find()
            .find_also_related(ca_certificate::Entity)
            .filter(Column::Serial.gt(serial))
            .order_by_asc(Column::Serial)
            .limit(limit);
        let page = page.all(&self.db).await?.into_iter();
        page.map(|(row, certificate)| Ok((read(row)?, certificate.and_then(|found| found.der))))
            .collect()
    }

    /// Likewise, without certificates, of those that another recovery key opens than this one.
    pub async fn archived_keys_not_under(
        &self,
        recovery_key: &str,
        serial: &str,
        limit: u64,
    ) -> Result<Vec<ArchivedKey>> {
        let page = Entity::find()
            .filter(Column::RecoveryKey.ne(recovery_key))
            .filter(Column::Serial.gt(serial))
            .order_by_asc(Column::Serial)
            .limit(limit);
        page.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// Those of these certificates whose keys are archived.
    pub async fn archived_among(&self, serials: &[&str]) -> Result<HashSet<String>> {
        let found = Entity::find()
            .filter(Column::Serial.is_in(serials.iter().copied()))
            .select_only()
            .column(Column::Serial)
            .into_tuple();
        Ok(found.all(&self.db).await?.into_iter().collect())
    }

    /// The certificates whose keys are archived, of one user.
    pub async fn archived_serials_of(&self, user: Uuid) -> Result<Vec<String>> {
        let serials = Entity::find()
            .filter(Column::UserId.eq(user))
            .order_by_asc(Column::Serial)
            .select_only()
            .column(Column::Serial)
            .into_tuple();
        Ok(serials.all(&self.db).await?)
    }

    /// Each recovery key that opens anything.
    pub async fn recovery_key_names(&self) -> Result<Vec<String>> {
        let names = Entity::find()
            .select_only()
            .column(Column::RecoveryKey)
            .distinct()
            .into_tuple();
        Ok(names.all(&self.db).await?)
    }

    /// Each recovery key that opens anything, and how many keys.
    pub async fn recovery_keys_in_use(&self) -> Result<Vec<(String, u64)>> {
        let counts: Vec<(String, i64)> = Entity::find()
            .select_only()
            .column(Column::RecoveryKey)
            .column_as(Column::Serial.count(), "keys")
            .group_by(Column::RecoveryKey)
            .order_by_asc(Column::RecoveryKey)
            .into_tuple()
            .all(&self.db)
            .await?;
        let counts = counts.into_iter();
        Ok(counts.map(|(name, keys)| (name, keys.unsigned_abs())).collect())
    }

    /// The same key under a new recovery key. `false` where somebody else was faster: it is no longer under `from`.
    pub async fn replace_archived_key(&self, from: &str, key: &ArchivedKey) -> Result<bool> {
        let replaced = Entity::update_many()
            .col_expr(Column::RecoveryKey, Expr::value(key.recovery_key.clone()))
            .col_expr(Column::Sealed, Expr::value(key.sealed.clone()))
            .filter(Column::Serial.eq(&key.serial))
            .filter(Column::RecoveryKey.eq(from))
            .exec(&self.db)
            .await?;
        Ok(replaced.rows_affected == 1)
    }
}

fn read(row: Model) -> Result<ArchivedKey> {
    Ok(ArchivedKey {
        serial: row.serial,
        user: row.user_id,
        recovery_key: row.recovery_key,
        sealed: row.sealed,
        archived_at: time("archived_key", row.archived_at)?,
    })
}
