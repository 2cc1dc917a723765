//! Mobile IDs.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{
    Book, Result,
    column::{from_word, millis, time, word},
    entity::mobile_id::{ActiveModel, Column, Entity, Model},
};
use crate::domain::mobile_id::MobileId;

const TABLE: &str = "mobile_id";

impl<C: ConnectionTrait> Book<C> {
    pub async fn mobile_id(&self, id: Uuid) -> Result<Option<MobileId>> {
        Entity::find_by_id(id).one(&self.db).await?.map(read).transpose()
    }

    /// Newest first.
    pub async fn mobile_ids(&self, user: Uuid) -> Result<Vec<MobileId>> {
        let found = Entity::find()
            .filter(Column::UserId.eq(user))
            .order_by_desc(Column::ValidFrom);
        found
            .order_by_desc(Column::Id)
            .all(&self.db)
            .await?
            .into_iter()
            .map(read)
            .collect()
    }

    pub async fn add_mobile_id(&self, mobile_id: &MobileId) -> Result<()> {
        let row = ActiveModel {
            id: Set(mobile_id.id),
            user_id: Set(mobile_id.user),
            process_id: Set(mobile_id.process),
            name: Set(mobile_id.name.clone()),
            server_name: Set(mobile_id.server_name.clone()),
            mobile_user_id: Set(mobile_id.user_id.clone()),
            phone: Set(mobile_id.phone.clone()),
            valid_from: Set(millis(mobile_id.valid_from)),
            valid_until: Set(millis(mobile_id.valid_until)),
            ..state(mobile_id)
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Writes state and failure; the rest never changes.
    pub async fn save_mobile_id(&self, mobile_id: &MobileId) -> Result<()> {
        let row = ActiveModel {
            id: Set(mobile_id.id),
            ..state(mobile_id)
        };
        Entity::update(row).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

fn state(mobile_id: &MobileId) -> ActiveModel {
    ActiveModel {
        state: Set(word(&mobile_id.state)),
        state_since: Set(millis(mobile_id.state_since)),
        failure: Set(mobile_id.failure.as_ref().map(word)),
        ..Default::default()
    }
}

pub(super) fn read(row: Model) -> Result<MobileId> {
    Ok(MobileId {
        id: row.id,
        user: row.user_id,
        process: row.process_id,
        name: row.name,
        server_name: row.server_name,
        user_id: row.mobile_user_id,
        phone: row.phone,
        state: from_word(TABLE, row.state)?,
        state_since: time(TABLE, row.state_since)?,
        failure: row.failure.map(|failure| from_word(TABLE, failure)).transpose()?,
        valid_from: time(TABLE, row.valid_from)?,
        valid_until: time(TABLE, row.valid_until)?,
    })
}
