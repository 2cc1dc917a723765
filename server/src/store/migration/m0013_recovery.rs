//! Encryption keys on their way to a phone, and of which earlier certificates a phone was to get the keys.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{binary, boolean, string, uuid},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sealed = of_mobile_id("sealed_key")
            .col(string("key_type"))
            .col(binary("encapsulated"))
            .col(binary("ciphertext"))
            .col(binary("challenge"))
            .col(string("answer"))
            .to_owned();
        manager.create_table(sealed).await?;
        let recovered = of_mobile_id("recovered_certificate")
            .col(boolean("is_damaged"))
            .to_owned();
        manager.create_table(recovered).await
    }
}

/// A row for each mobile ID and certificate.
fn of_mobile_id(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(uuid("mobile_id"))
        .col(string("serial"))
        .primary_key(Index::create().col("mobile_id").col("serial"))
        .foreign_key(
            ForeignKey::create()
                .from(table, "mobile_id")
                .to("mobile_id", "id"),
        )
        .to_owned()
}
