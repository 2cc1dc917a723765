//! Opening the database: which engine, its settings, and bringing its tables up to date.

use std::{
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DbBackend, Statement, sqlx::sqlite::SqliteConnectOptions,
};
use sea_orm_migration::MigratorTrait;

use super::{Result, Store, handle::Engine, migration::Migrations, sqlite::Sqlite};

/// How long a statement may wait for a locked SQLite file or a free connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// A connection that was idle for so long is asked first whether it is still there. One that was used a moment ago is,
/// and asking costs as much as a statement.
const MAY_BE_GONE: Duration = Duration::from_secs(30);
/// Of PostgreSQL's connections, for reading and writing.
const CONNECTIONS: u32 = 16;
impl Store {
    /// `url`: `sqlite:PATH` or `postgres://…`. A missing SQLite file is made.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            return Ok(Self::new(Engine::Sqlite(Arc::new(Sqlite::open(url).await?))));
        }
        let mut options = ConnectOptions::new(url);
        options
            .sqlx_logging(false)
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire_if_idle_for(MAY_BE_GONE);
        Ok(Self::new(Engine::Postgres(Database::connect(options).await?)))
    }

    /// Brings the tables up to date. Does nothing where they are.
    pub async fn migrate(&self) -> Result<()> {
        match &self.engine {
            Engine::Postgres(db) => Migrations::up(db, None).await?,
            // Over a connection of its own.
            Engine::Sqlite(sqlite) => {
                let db = sqlite.pool().await?;
                let migrated = Migrations::up(&db, None).await;
                db.close().await?;
                migrated?;
            }
        }
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        let read = self.read();
        let engine = read.db.get_database_backend();
        read.db
            .query_one_raw(Statement::from_string(engine, "SELECT 1"))
            .await?;
        Ok(())
    }

    /// Writes the database as it is at this moment into a file that is not there yet. Others go on reading and writing
    /// meanwhile. SQLite only.
    pub async fn copy_to(&self, file: &Path) -> Result<()> {
        let path = file.to_string_lossy().into_owned();
        let statement = "VACUUM INTO ?";
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, statement, [path.into()]);
        self.read().db.execute_raw(statement).await?;
        Ok(())
    }

    pub async fn close(self) -> Result<()> {
        match self.engine {
            Engine::Postgres(db) => db.close().await?,
            Engine::Sqlite(sqlite) => sqlite.close().await?,
        }
        Ok(())
    }
}

/// The file of an SQLite database. `None`: it is PostgreSQL's.
pub fn file_of(url: &str) -> Option<PathBuf> {
    let options = url
        .starts_with("sqlite:")
        .then(|| SqliteConnectOptions::from_str(url).ok());
    Some(options??.get_filename().to_owned())
}
