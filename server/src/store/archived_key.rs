//! The key archive's rows.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result,
    column::millis,
    entity::archived_key::{ActiveModel, Entity},
};

impl<C: ConnectionTrait> Book<C> {
    pub async fn add_archived_key(
        &self,
        serial: &str,
        user: Uuid,
        recovery_key: &str,
        sealed: &[u8],
        at: OffsetDateTime,
    ) -> Result<()> {
        let row = ActiveModel {
            serial: Set(serial.to_owned()),
            user_id: Set(user),
            recovery_key: Set(recovery_key.to_owned()),
            sealed: Set(sealed.to_vec()),
            archived_at: Set(millis(at)),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Which recovery key opens it, and what it opens.
    pub async fn archived_key(&self, serial: &str) -> Result<Option<(String, Vec<u8>)>> {
        let found = Entity::find_by_id(serial).one(&self.db).await?;
        Ok(found.map(|row| (row.recovery_key, row.sealed)))
    }
}
