//! The issuing CA comes in generations, each with lists of its own. What was published before is the first one's.

use sea_orm_migration::{async_trait, prelude::*, schema::integer, sea_orm::DbErr};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let generation = Table::alter()
            .table("crl")
            .add_column(integer("generation").default(1))
            .to_owned();
        manager.alter_table(generation).await
    }
}
