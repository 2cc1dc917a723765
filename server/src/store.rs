//! Persistence, over sea-orm, on SQLite or PostgreSQL: the only place that knows tables. Rows go in and out as
//! values of `domain`; sea-orm's types stay here. One file an aggregate; the tables themselves are in `entity`.
//!
//! Times are milliseconds since 1970 in UTC, identifiers are made by us, words are text: one schema for both engines.

mod activation_code;
mod archived_key;
mod audit;
mod books;
mod certificate;
mod column;
pub mod connection;
mod crl;
mod entity;
mod handle;
mod mail;
mod mail_link;
mod migration;
mod mobile_id;
mod mobile_id_test;
mod outbox;
mod process;
mod public_key;
mod recovery;
mod recovery_request;
mod reminder;
mod script;
mod session;
mod sqlite;
mod user;

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use sea_orm::{DbErr, SqlErr};

pub use activation_code::FoundCode;
use audit::Remembered;
pub use audit::{AuditEntry, Chain};
use handle::{Engine, Handle};
pub use mobile_id::TimeEnds;
pub use reminder::EndsSoon;
pub use session::Sessions;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row is there already: an unwritten rule of the aggregate turned into a unique index. Of a write that a
    /// transaction keeps back (`save_…`, and what says so) it comes out of a later statement or the commit.
    #[error("a row with this key is there already")]
    Duplicate(#[source] DbErr),
    /// What is stored does not read back as what it should be.
    #[error("{table} holds what this version cannot read")]
    Damaged { table: &'static str },
    #[error("the database did not do it")]
    Database(#[source] DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Duplicate(error),
            _ => Self::Database(error),
        }
    }
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    /// Where the audit log's chain ended when this server last wrote to it.
    head: Arc<Remembered>,
    /// How many transactions this server has committed.
    commits: Arc<AtomicU64>,
    /// Whence comes what is done through this handle, for the audit log.
    origin: Option<Arc<str>>,
}

/// What can be asked of the tables, inside a transaction or outside.
#[derive(Debug)]
pub struct Book {
    db: Handle,
}

impl Store {
    fn new(engine: Engine) -> Self {
        Self {
            engine,
            head: Arc::default(),
            commits: Arc::default(),
            origin: None,
        }
    }

    /// The same database for somebody: the audit log tells whence they came.
    #[must_use]
    pub fn asked_from(&self, origin: &str) -> Self {
        Self {
            origin: Some(origin.into()),
            ..self.clone()
        }
    }

    /// Grows with each commit of this server, not with those of others: what was read before it grew may be outdated.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::SeqCst)
    }

    /// For reading, each statement for itself.
    pub fn read(&self) -> Book {
        Book {
            db: Handle::Alone(self.engine.clone()),
        }
    }

    /// For writing. Dropped without `commit`, nothing has happened.
    pub async fn begin(&self) -> Result<Transaction> {
        Ok(Transaction {
            book: Book {
                db: self.engine.begin().await?,
            },
            last_head: self.head.clone(),
            commits: self.commits.clone(),
            origin: self.origin.clone(),
        })
    }
}

/// A transaction that may write.
#[derive(Debug)]
pub struct Transaction {
    book: Book,
    last_head: Arc<Remembered>,
    commits: Arc<AtomicU64>,
    origin: Option<Arc<str>>,
}

impl Transaction {
    /// Durable when this returns.
    pub async fn commit(self) -> Result<()> {
        // Also where the answer is lost, or not waited for.
        let _counted = Counted(self.commits.clone());
        if let Some(head) = self.finish().await? {
            self.last_head.set(head);
        }
        Ok(())
    }
}

/// Counts a commit when it is over.
struct Counted(Arc<AtomicU64>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Deref for Transaction {
    type Target = Book;
    fn deref(&self) -> &Self::Target {
        &self.book
    }
}
