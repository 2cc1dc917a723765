//! Public keys that were ever accepted: a key is used for one certificate, ever.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use uuid::Uuid;

use super::{
    Book, Result,
    entity::public_key::{ActiveModel, Entity},
};
use crate::domain::secret::Hash;

impl<C: ConnectionTrait> Book<C> {
    /// `Duplicate` where the key was seen before. `sha256`: over the SubjectPublicKeyInfo.
    pub async fn add_public_key(&self, sha256: Hash, process: Uuid) -> Result<()> {
        let row = ActiveModel {
            sha256: Set(sha256.text()),
            process_id: Set(process),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }
}
