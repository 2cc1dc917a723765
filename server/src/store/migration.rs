//! The schema's history. Migrations only add: a server of the version before must still run beside the new one.

mod m0001_get_mobile_id;
mod m0002_options;
mod m0003_mail;
mod m0004_mail_link;
mod m0005_reminders;
mod m0006_revocation;
mod m0007_lifecycle;
mod m0008_generation;
mod m0009_mobile_id_test;
mod m0010_origin;
mod m0011_growth;
mod m0012_archive;
mod m0013_recovery;
mod m0014_recovery_request;

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_get_mobile_id::Migration),
            Box::new(m0002_options::Migration),
            Box::new(m0003_mail::Migration),
            Box::new(m0004_mail_link::Migration),
            Box::new(m0005_reminders::Migration),
            Box::new(m0006_revocation::Migration),
            Box::new(m0007_lifecycle::Migration),
            Box::new(m0008_generation::Migration),
            Box::new(m0009_mobile_id_test::Migration),
            Box::new(m0010_origin::Migration),
            Box::new(m0011_growth::Migration),
            Box::new(m0012_archive::Migration),
            Box::new(m0013_recovery::Migration),
            Box::new(m0014_recovery_request::Migration),
        ]
    }
}
