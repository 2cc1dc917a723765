//! The CA's lists as they were published, and the count of changes that they follow.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
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

impl<C: ConnectionTrait> Book<C> {
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

    /// Something that a list must tell has changed.
    pub(super) async fn raise_ca_revision(&self) -> Result<()> {
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

    pub async fn newest_crl_number(&self) -> Result<Option<u64>> {
        let found = Entity::find()
            .order_by_desc(Column::Number)
            .select_only()
            .column(Column::Number);
        let number: Option<i64> = found.into_tuple().one(&self.db).await?;
        number.map(number_read).transpose()
    }

    pub async fn newest_crl(&self) -> Result<Option<Crl>> {
        let found = Entity::find().order_by_desc(Column::Number);
        found.one(&self.db).await?.map(read).transpose()
    }

    /// `Duplicate` where another server has published under this number.
    pub async fn add_crl(&self, crl: &Crl) -> Result<()> {
        let row = ActiveModel {
            number: Set(i64::try_from(crl.number).map_err(|_| StoreError::Damaged { table: TABLE })?),
            revision: Set(crl.revision),
            this_update: Set(millis(crl.this_update)),
            next_update: Set(millis(crl.next_update)),
            der: Set(crl.der.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Deletes the lists before this one. What they told, the CA's book still says.
    pub async fn forget_crls_before(&self, number: u64) -> Result<()> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        Entity::delete_many()
            .filter(Column::Number.lt(number))
            .exec(&self.db)
            .await?;
        Ok(())
    }
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
