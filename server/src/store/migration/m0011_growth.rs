//! What a million mobile IDs and lists of some megabytes want looked up without reading them.

use sea_orm_migration::{async_trait, prelude::*, sea_orm::DbErr};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns) in [
            ("crl_generation", "crl", ["generation", "number"]),
            ("ca_certificate_issuer", "ca_certificate", ["issuer", "not_after"]),
        ] {
            let [first, second] = columns;
            let index = Index::create()
                .name(name)
                .table(table)
                .col(first)
                .col(second)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
