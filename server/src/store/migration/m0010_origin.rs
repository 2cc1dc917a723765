//! Whence came what the audit log tells of.

use sea_orm_migration::{async_trait, prelude::*, schema::text_null, sea_orm::DbErr};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("audit")
            .add_column(text_null("origin"))
            .to_owned();
        manager.alter_table(table).await
    }
}
