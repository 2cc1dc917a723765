//! "Test it now": the newest test of each mobile ID.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, big_integer_null, text, text_null, uuid},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("mobile_id_test")
            // One at a time: a new test takes the place of the one before.
            .col(uuid("mobile_id").primary_key())
            .col(uuid("id"))
            .col(text("challenge"))
            .col(big_integer("started_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("answered_at"))
            .col(text_null("checks"))
            .foreign_key(
                ForeignKey::create()
                    .from("mobile_id_test", "mobile_id")
                    .to("mobile_id", "id"),
            )
            .to_owned();
        manager.create_table(table).await
    }
}
