//! Links in mails, and the language of mails to a user.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, big_integer_null, string, string_null, text_null, uuid, uuid_null},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let language = Table::alter()
            .table("user")
            .add_column(string_null("language"))
            .to_owned();
        manager.alter_table(language).await?;
        manager.create_table(mail_link()).await?;
        for (name, table, columns) in [
            ("mail_link_expires", "mail_link", &["expires_at"][..]),
            // How many codes a user had in the last hour.
            ("mail_user", "mail", &["user_id", "written_at"]),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn mail_link() -> TableCreateStatement {
    Table::create()
        .table("mail_link")
        .col(string("hash").primary_key())
        .col(string("kind"))
        .col(uuid("user_id"))
        .col(uuid("process_id"))
        .col(uuid_null("mobile_id"))
        .col(text_null("browser"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .foreign_key(
            ForeignKey::create()
                .from("mail_link", "process_id")
                .to("process", "id"),
        )
        .to_owned()
}
