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

use super::{Result, Store, Writer, migration::Migrations};

/// How long a statement may wait for a locked SQLite file or a free connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection that was idle for so long is asked first whether it is still there. One that was used a moment ago is,
/// and asking costs as much as a statement.
const MAY_BE_GONE: Duration = Duration::from_secs(30);
/// Of PostgreSQL's connections, for reading and writing.
const CONNECTIONS: u32 = 16;
/// Of SQLite's connections for reading. More than the processor has cores would not read faster.
const READERS: u32 = 4;

impl Store {
    /// `url`: `sqlite:PATH` or `postgres://…`. A missing SQLite file is made.
    pub async fn open(url: &str) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            let mut options = options(url);
            options.max_connections(CONNECTIONS);
            let db = Database::connect(options).await?;
            return Ok(Self::new(db, None));
        }
        // The one that writes goes first: it makes the file.
        let writer = Writer {
            db: Database::connect(sqlite(url, 1)).await?,
            queue: Arc::default(),
        };
        let db = Database::connect(sqlite(url, READERS)).await?;
        Ok(Self::new(db, Some(writer)))
    }

    /// Brings the tables up to date. Does nothing where they are.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrations::up(self.writing(), None).await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.db.ping().await?)
    }

    /// Writes the database as it is at this moment into a file that is not there yet. Others go on reading and writing
    /// meanwhile. SQLite only.
    pub async fn copy_to(&self, file: &Path) -> Result<()> {
        let path = file.to_string_lossy().into_owned();
        let statement = "VACUUM INTO ?";
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, statement, [path.into()]);
        self.db.execute_raw(statement).await?;
        Ok(())
    }

    pub async fn close(self) -> Result<()> {
        self.db.close().await?;
        if let Some(writer) = self.writer {
            writer.db.close().await?;
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

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .sqlx_logging(false)
        .acquire_timeout(PATIENCE)
        .test_before_acquire_if_idle_for(MAY_BE_GONE);
    options
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = options(url);
    options.max_connections(connections);
    options.map_sqlx_sqlite_opts(|options| {
        options
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("journal_mode", "WAL")
            // An answer must not leave before its commit is durable.
            .pragma("synchronous", "FULL")
    });
    options
}
