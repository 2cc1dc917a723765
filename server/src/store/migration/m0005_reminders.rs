//! Which reminders went, so that none goes twice; and what finds mobile IDs that end soon, and mails that are old.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, integer, uuid},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(reminder()).await?;
        let ends = Index::create()
            .name("mobile_id_ends")
            .table("mobile_id")
            .col("state")
            .col("valid_until")
            .to_owned();
        manager.create_index(ends).await?;
        let written = Index::create()
            .name("mail_written")
            .table("mail")
            .col("written_at")
            .to_owned();
        manager.create_index(written).await
    }
}

fn reminder() -> TableCreateStatement {
    Table::create()
        .table("reminder")
        .col(uuid("mobile_id"))
        .col(integer("days_before"))
        .col(big_integer("sent_at"))
        // Of two servers that remind at once, one is told by this.
        .primary_key(Index::create().col("mobile_id").col("days_before"))
        .foreign_key(
            ForeignKey::create()
                .from("reminder", "mobile_id")
                .to("mobile_id", "id"),
        )
        .to_owned()
}
