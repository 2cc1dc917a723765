//! What becomes of a mobile ID: why it is locked, who paused it and what its user was told of the pause's end, whether
//! it is still shown; and which one a process has replaced.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer_null, integer_null, string_null, uuid_null},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // In the order in which a server that runs takes them.
        let replaced = Table::alter()
            .table("process")
            .add_column(uuid_null("replaced"))
            .to_owned();
        manager.alter_table(replaced).await?;
        // One at a time: SQLite adds no more at once.
        for column in [
            string_null("lock_reason"),
            string_null("pause_cause"),
            integer_null("pause_end_days"),
            big_integer_null("pause_end_told_at"),
            big_integer_null("deleted_at"),
        ] {
            let added = Table::alter().table("mobile_id").add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        // Finds what was paused for too long; what has expired is found by `mobile_id_ends`.
        let paused = Index::create()
            .name("mobile_id_state_since")
            .table("mobile_id")
            .col("state")
            .col("state_since")
            .to_owned();
        manager.create_index(paused).await
    }
}
