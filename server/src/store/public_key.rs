//! Public keys that were ever accepted: a key is used for one certificate, ever.

use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Book, Result, entity::public_key::ActiveModel};
use crate::domain::secret::Hash;

impl Book {
    /// `Duplicate` where one of the keys was seen before. `sha256`: over each SubjectPublicKeyInfo. Kept back.
    pub async fn add_public_keys(&self, sha256: &[Hash], process: Uuid) -> Result<()> {
        let rows = sha256.iter().map(|hash| ActiveModel {
            sha256: Set(hash.text()),
            process_id: Set(process),
        });
        Ok(self.db.insert(rows).await?)
    }
}
