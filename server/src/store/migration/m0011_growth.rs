//! What a million mobile IDs and lists of some megabytes want looked up without reading them.

use sea_orm_migration::{async_trait, prelude::*, sea_orm::DbErr};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns) in [
            ("crl_generation", "crl", &["generation", "number"][..]),
            // For the lists: of one issuer, what is in these states. Without the state in the middle SQLite would rather
            // walk through everything that an issuer ever issued.
            (
                "ca_certificate_issuer",
                "ca_certificate",
                &["issuer", "state", "not_after"],
            ),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
