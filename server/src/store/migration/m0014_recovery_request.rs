//! Requests to recover archived keys, on which a second person decides; and locked mobile IDs whose encryption
//! certificate stays valid.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, string, text, text_null, uuid, uuid_null},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(recovery_request()).await?;
        let kept = Table::alter()
            .table("mobile_id")
            .add_column(boolean("encryption_kept").default(false))
            .to_owned();
        manager.alter_table(kept).await?;
        for (name, table, columns) in [
            (
                "recovery_request_process",
                "recovery_request",
                &["process_id"][..],
            ),
            (
                "recovery_request_state",
                "recovery_request",
                &["state", "expires_at"],
            ),
            // What time ends among millions that are locked.
            ("mobile_id_kept", "mobile_id", &["encryption_kept", "valid_until"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX recovery_request_one_pending ON recovery_request (process_id) \
                 WHERE state = 'pending'",
            )
            .await?;
        Ok(())
    }
}

fn recovery_request() -> TableCreateStatement {
    Table::create()
        .table("recovery_request")
        .col(uuid("id").primary_key())
        .col(uuid("process_id"))
        .col(uuid("user_id"))
        .col(text("serials"))
        .col(big_integer("requested_at"))
        .col(big_integer("expires_at"))
        .col(string("state"))
        .col(uuid_null("decided_by"))
        .col(big_integer_null("decided_at"))
        .col(text_null("reason"))
        .foreign_key(
            ForeignKey::create()
                .from("recovery_request", "process_id")
                .to("process", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("recovery_request", "user_id")
                .to("user", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("recovery_request", "decided_by")
                .to("user", "id"),
        )
        .to_owned()
}
