//! The key archive: encryption keys, each sealed to a recovery key that is not in the database.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, binary, text, uuid},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("archived_key")
            .col(text("serial").primary_key())
            .col(uuid("user_id"))
            .col(text("recovery_key"))
            .col(binary("sealed"))
            .col(big_integer("archived_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("archived_key", "serial")
                    .to("ca_certificate", "serial"),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("archived_key", "user_id")
                    .to("user", "id"),
            )
            .to_owned();
        manager.create_table(table).await?;
        for (name, column) in [
            ("archived_key_user", "user_id"),
            // For rotation: what is still under an older recovery key.
            ("archived_key_recovery_key", "recovery_key"),
        ] {
            let index = Index::create()
                .name(name)
                .table("archived_key")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
