//! What the CA has published: its lists, and a count of changes that tells whether the newest list is the truth.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, binary, integer},
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let revision = Table::create()
            .table("ca_revision")
            .col(integer("id").primary_key())
            .col(big_integer("revision"))
            .to_owned();
        manager.create_table(revision).await?;
        let crl = Table::create()
            .table("crl")
            // Two servers that publish at once: the second takes the first one's list.
            .col(big_integer("number").primary_key())
            .col(big_integer("revision"))
            .col(big_integer("this_update"))
            .col(big_integer("next_update"))
            .col(binary("der"))
            .to_owned();
        manager.create_table(crl).await?;
        // For the list: what is revoked, without a walk through everything that was ever issued.
        let by_state = Index::create()
            .name("ca_certificate_state")
            .table("ca_certificate")
            .col("state")
            .col("not_after")
            .to_owned();
        manager.create_index(by_state).await?;
        let db = manager.get_connection();
        db.execute_unprepared("INSERT INTO ca_revision (id, revision) VALUES (1, 0)")
            .await?;
        Ok(())
    }
}
