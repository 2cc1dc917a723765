//! Activation codes that were ever shown, by hash: what a phone presents is looked up here, so that an old code
//! gets a true answer ("used", "replaced") and not "unknown".

use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    entity::activation_code::{ActiveModel, Entity},
};
use crate::domain::secret::Hash;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundCode {
    pub process: Uuid,
    /// Which of the process's codes it is, from 1.
    pub number: u32,
}

impl Book {
    pub async fn activation_code(&self, hash: Hash) -> Result<Option<FoundCode>> {
        let Some(row) = Entity::find_by_id(hash.text()).one(&self.db).await? else {
            return Ok(None);
        };
        let number = u32::try_from(row.number).map_err(|_| StoreError::Damaged {
            table: "activation_code",
        })?;
        Ok(Some(FoundCode {
            process: row.process_id,
            number,
        }))
    }

    /// The forms of one code. `Duplicate` where chance gave a short code that was used before.
    pub async fn add_activation_codes(&self, process: Uuid, number: u32, hashes: &[Hash]) -> Result<()> {
        let rows = hashes.iter().map(|hash| ActiveModel {
            hash: Set(hash.text()),
            process_id: Set(process),
            number: Set(i32::try_from(number).unwrap_or(i32::MAX)),
        });
        Entity::insert_many(rows).exec_without_returning(&self.db).await?;
        Ok(())
    }
}
