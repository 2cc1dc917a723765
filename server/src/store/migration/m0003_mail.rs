//! The outbox. What a mail says stands in a table of its own, sealed, so that it goes without a trace in the other.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, big_integer_null, binary, integer, string, text, text_null, uuid, uuid_null},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mail()).await?;
        manager.create_table(payload()).await?;
        let due = Index::create()
            .name("mail_due")
            .table("mail")
            .col("state")
            .col("next_at")
            .to_owned();
        manager.create_index(due).await?;
        let process = Index::create()
            .name("mail_process")
            .table("mail")
            .col("process_id")
            .to_owned();
        manager.create_index(process).await
    }
}

fn mail() -> TableCreateStatement {
    Table::create()
        .table("mail")
        .col(uuid("id").primary_key())
        .col(string("message_id").unique_key())
        .col(string("kind"))
        .col(uuid_null("user_id"))
        .col(uuid_null("process_id"))
        .col(uuid_null("mobile_id"))
        .col(text("address"))
        .col(string("language"))
        .col(big_integer("written_at"))
        .col(string("state"))
        .col(integer("attempts"))
        .col(big_integer("next_at"))
        .col(big_integer("give_up_at"))
        .col(big_integer_null("useless_after"))
        .col(big_integer_null("lease_until"))
        .col(big_integer_null("handed_over_at"))
        .col(text_null("last_answer"))
        .to_owned()
}

fn payload() -> TableCreateStatement {
    Table::create()
        .table("mail_payload")
        .col(uuid("mail_id").primary_key())
        .col(binary("sealed"))
        .foreign_key(
            ForeignKey::create()
                .from("mail_payload", "mail_id")
                .to("mail", "id"),
        )
        .to_owned()
}
