//! What the options know of a user, and the versions of the administrator's scripts.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, integer, string, text},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attributes = Table::alter()
            .table("user")
            .add_column(text("attributes").default("{}"))
            .to_owned();
        manager.alter_table(attributes).await?;
        manager.create_table(script_version()).await
    }
}

fn script_version() -> TableCreateStatement {
    Table::create()
        .table("script_version")
        .col(string("name"))
        .col(integer("number"))
        .col(big_integer("saved_at"))
        .col(string("author"))
        .col(text("comment"))
        .col(string("sha256"))
        .col(text("text"))
        // Two administrators who save at once: the second one is told by this.
        .primary_key(Index::create().col("name").col("number"))
        .to_owned()
}
