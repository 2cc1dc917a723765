//! Versions of the administrator's scripts. They are added, never changed.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shared::api::ScriptName;

use super::{
    Book, Result, StoreError,
    column::{millis, time, word},
    entity::script_version::{ActiveModel, Column, Entity},
};
use crate::domain::script::Version;

const TABLE: &str = "script_version";

/// Without the text, which a list does not read.
type Row = (i32, i64, String, String, String);

impl Book {
    /// The number of the version in force.
    pub async fn newest_script(&self, name: ScriptName) -> Result<Option<u32>> {
        let found = of(name)
            .order_by_desc(Column::Number)
            .select_only()
            .column(Column::Number);
        let number: Option<i32> = found.into_tuple().one(&self.db).await?;
        number.map(number_read).transpose()
    }

    pub async fn script_text(&self, name: ScriptName, number: u32) -> Result<Option<String>> {
        let found = of(name)
            .filter(Column::Number.eq(number))
            .select_only()
            .column(Column::Text);
        Ok(found.into_tuple().one(&self.db).await?)
    }

    pub async fn script_version(&self, name: ScriptName, number: u32) -> Result<Option<Version>> {
        let found: Option<Row> = without_text(name)
            .filter(Column::Number.eq(number))
            .into_tuple()
            .one(&self.db)
            .await?;
        found.map(|row| read(name, row)).transpose()
    }

    /// Newest first.
    pub async fn script_versions(&self, name: ScriptName) -> Result<Vec<Version>> {
        let found: Vec<Row> = without_text(name).into_tuple().all(&self.db).await?;
        found.into_iter().map(|row| read(name, row)).collect()
    }

    /// `Duplicate` where somebody else has added a version of this number.
    pub async fn add_script_version(&self, version: &Version, text: &str) -> Result<()> {
        let row = ActiveModel {
            name: Set(word(&version.name)),
            number: Set(i32::try_from(version.number).map_err(|_| StoreError::Damaged { table: TABLE })?),
            saved_at: Set(millis(version.saved_at)),
            author: Set(version.author.clone()),
            comment: Set(version.comment.clone()),
            sha256: Set(version.sha256.clone()),
            text: Set(text.to_owned()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

fn of(name: ScriptName) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Name.eq(word(&name)))
}

fn without_text(name: ScriptName) -> sea_orm::Select<Entity> {
    of(name).order_by_desc(Column::Number).select_only().columns([
        Column::Number,
        Column::SavedAt,
        Column::Author,
        Column::Comment,
        Column::Sha256,
    ])
}

fn read(name: ScriptName, (number, saved_at, author, comment, sha256): Row) -> Result<Version> {
    Ok(Version {
        name,
        number: number_read(number)?,
        saved_at: time(TABLE, saved_at)?,
        author,
        comment,
        sha256,
    })
}

fn number_read(number: i32) -> Result<u32> {
    u32::try_from(number).map_err(|_| StoreError::Damaged { table: TABLE })
}
