//! The CA's lists as they were published, and the count of changes that they follow.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockType},
};

use super::{
    Book, Result, StoreError,
    column::{millis, time},
    entity::{
        ca_revision,
        crl::{ActiveModel, Column, Entity, Model},
    },
};
use crate::domain::revocation::Crl;

const TABLE: &str = "crl";

impl Book {
    /// How often what the lists tell has changed.
    pub async fn ca_revision(&self) -> Result<i64> {
        let row = ca_revision::Entity::find_by_id(1).one(&self.db).await?;
        Ok(row.ok_or(StoreError::Damaged { table: "ca_revision" })?.revision)
    }

    /// The same for a transaction that will publish: whoever changes or publishes something else waits.
    pub async fn ca_revision_to_publish(&self) -> Result<i64> {
        let row = ca_revision::Entity::find_by_id(1)
            .lock(LockType::Update)
            .one(&self.db)
            .await?;
        Ok(row.ok_or(StoreError::Damaged { table: "ca_revision" })?.revision)
    }

    /// Something that a list must tell has changed, or the lists that are kept are not the last ones that were seen.
    pub async fn raise_ca_revision(&self) -> Result<()> {
        ca_revision::Entity::update_many()
            .col_expr(
                ca_revision::Column::Revision,
                Expr::col(ca_revision::Column::Revision).add(1),
            )
            .filter(ca_revision::Column::Id.eq(1))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Of this generation of the issuing CA.
    pub async fn newest_crl_number(&self, generation: u32) -> Result<Option<u64>> {
        let found = of(generation).select_only().column(Column::Number);
        let number: Option<i64> = found.into_tuple().one(&self.db).await?;
        number.map(number_read).transpose()
    }

    /// Of this generation of the issuing CA.
    pub async fn newest_crl(&self, generation: u32) -> Result<Option<Crl>> {
        of(generation).one(&self.db).await?.map(read).transpose()
    }

    /// Over all generations: no number is given twice.
    pub async fn greatest_crl_number(&self) -> Result<Option<u64>> {
        let found = Entity::find().select_only().column(Column::Number);
        let found = found.order_by_desc(Column::Number).into_tuple();
        let number: Option<i64> = found.one(&self.db).await?;
        number.map(number_read).transpose()
    }

    /// The newest generation that has published here.
    pub async fn newest_generation_to_publish(&self) -> Result<Option<u32>> {
        let found = Entity::find().select_only().column(Column::Generation);
        let found = found.order_by_desc(Column::Generation).into_tuple();
        let generation: Option<i32> = found.one(&self.db).await?;
        let read = |generation| u32::try_from(generation).map_err(|_| StoreError::Damaged { table: TABLE });
        generation.map(read).transpose()
    }

    /// `Duplicate` where another server has published under this number.
    pub async fn add_crl(&self, generation: u32, crl: &Crl) -> Result<()> {
        let row = ActiveModel {
            number: Set(i64::try_from(crl.number).map_err(|_| StoreError::Damaged { table: TABLE })?),
            generation: Set(column(generation)),
            revision: Set(crl.revision),
            this_update: Set(millis(crl.this_update)),
            next_update: Set(millis(crl.next_update)),
            der: Set(crl.der.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Deletes this generation's lists before this one. What they told, the CA's book still says.
    pub async fn forget_crls_before(&self, generation: u32, number: u64) -> Result<()> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        Entity::delete_many()
            .filter(Column::Generation.eq(column(generation)))
            .filter(Column::Number.lt(number))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

/// Newest first.
fn of(generation: u32) -> Select<Entity> {
    Entity::find()
        .filter(Column::Generation.eq(column(generation)))
        .order_by_desc(Column::Number)
}

fn column(generation: u32) -> i32 {
    i32::try_from(generation).unwrap_or(i32::MAX)
}

fn read(row: Model) -> Result<Crl> {
    Ok(Crl {
        number: number_read(row.number)?,
        revision: row.revision,
        this_update: time(TABLE, row.this_update)?,
        next_update: time(TABLE, row.next_update)?,
        der: row.der,
    })
}

fn number_read(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| StoreError::Damaged { table: TABLE })
}
