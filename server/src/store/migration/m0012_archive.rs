//! The key archive: encryption keys, each sealed for itself.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, binary, string, uuid},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("archived_key")
            .col(string("serial").primary_key())
            .col(uuid("user_id"))
            .col(string("recovery_key"))
            .col(binary("sealed"))
            .col(big_integer("archived_at"))
            .to_owned();
        manager.create_table(table).await
    }
}
