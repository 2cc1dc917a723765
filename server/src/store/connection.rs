//! Opening the database: which engine, its settings, and bringing its tables up to date.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectOptions, Database, DbBackend};
use sea_orm_migration::MigratorTrait;

use super::{Result, Store, migration::Migrations};

/// How long a statement may wait for a locked SQLite file or a free connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection that was idle for so long is asked first whether it is still there. One that was used a moment ago is,
/// and asking costs as much as a statement.
const MAY_BE_GONE: Duration = Duration::from_secs(30);

impl Store {
    /// `url`: `sqlite:PATH` or `postgres://…`. A missing SQLite file is made.
    pub async fn open(url: &str) -> Result<Self> {
        let is_sqlite = url.starts_with("sqlite:");
        let mut options = ConnectOptions::new(url);
        options
            .sqlx_logging(false)
            .acquire_timeout(PATIENCE)
            .test_before_acquire_if_idle_for(MAY_BE_GONE)
            .max_connections(if is_sqlite { 8 } else { 16 });
        options.map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(PATIENCE)
                .pragma("journal_mode", "WAL")
                // An answer must not leave before its commit is durable.
                .pragma("synchronous", "FULL")
        });
        let db = Database::connect(options).await?;
        let writer = (db.get_database_backend() == DbBackend::Sqlite).then(Arc::default);
        Ok(Self { db, writer })
    }

    /// Brings the tables up to date. Does nothing where they are.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrations::up(&self.db, None).await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.db.ping().await?)
    }

    pub async fn close(self) -> Result<()> {
        Ok(self.db.close().await?)
    }
}
