//! The newest test of each mobile ID.

use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect, sea_query::OnConflict};
use shared::protocol;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{from_json, json, millis, time},
    entity::mobile_id_test::{ActiveModel, Column, Entity, Model},
};
use crate::domain::mobile_id_test::{Answer, Test};

const TABLE: &str = "mobile_id_test";

impl Book {
    pub async fn newest_test(&self, mobile_id: Uuid) -> Result<Option<Test>> {
        let found = Entity::find_by_id(mobile_id).one(&self.db).await?;
        found.map(read).transpose()
    }

    /// For a transaction that will answer it: whoever answers at the same moment waits.
    pub async fn newest_test_to_change(&self, mobile_id: Uuid) -> Result<Option<Test>> {
        let found = Entity::find_by_id(mobile_id)
            .lock_exclusive()
            .one(&self.db)
            .await?;
        found.map(read).transpose()
    }

    /// In the place of an earlier one.
    pub async fn save_test(&self, test: &Test) -> Result<()> {
        let row = ActiveModel {
            mobile_id: Set(test.mobile_id),
            id: Set(test.id),
            challenge: Set(protocol::encode(&test.challenge)),
            started_at: Set(millis(test.started_at)),
            expires_at: Set(millis(test.expires_at)),
            answered_at: Set(test.answer.as_ref().map(|answer| millis(answer.at))),
            checks: Set(test.answer.as_ref().map(|answer| json(&answer.checks))),
        };
        let anew = OnConflict::column(Column::MobileId)
            .update_columns([
                Column::Id,
                Column::Challenge,
                Column::StartedAt,
                Column::ExpiresAt,
                Column::AnsweredAt,
                Column::Checks,
            ])
            .to_owned();
        Entity::insert(row)
            .on_conflict(anew)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }
}

fn read(row: Model) -> Result<Test> {
    let challenge = protocol::decode(&row.challenge).and_then(|octets| octets.try_into().ok());
    let answer = row.answered_at.zip(row.checks).map(|(at, checks)| {
        Ok::<_, StoreError>(Answer {
            at: time(TABLE, at)?,
            checks: from_json(TABLE, &checks)?,
        })
    });
    Ok(Test {
        id: row.id,
        mobile_id: row.mobile_id,
        challenge: challenge.ok_or(StoreError::Damaged { table: TABLE })?,
        started_at: time(TABLE, row.started_at)?,
        expires_at: time(TABLE, row.expires_at)?,
        answer: answer.transpose()?,
    })
}
