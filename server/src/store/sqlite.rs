//! SQLite's connections: one that writes, and those that read. In place of sqlx's pool, which asks each connection that
//! comes back whether it is still there: for a file that costs as much as a statement does.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    str::FromStr as _,
    sync::{Arc, Mutex, PoisonError},
};

use futures_core::Stream as _;
use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxSqliteConnector, Statement,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions as _, Connection as _, Either, Executor as _, SqliteConnection,
        sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteQueryResult, SqliteRow},
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::connection::PATIENCE;

/// More than the processor has cores would not read faster.
const READERS: usize = 4;

type Result<T> = std::result::Result<T, DbErr>;

type Slot = Option<SqliteConnection>;

#[derive(Debug)]
pub(super) struct Sqlite {
    options: SqliteConnectOptions,
    /// SQLite takes one writer at a time: here they queue in order instead of polling a locked file, for a connection that
    /// nothing else uses, so that what it keeps (pages, prepared statements) stays true. `None`: to be opened.
    writer: Arc<tokio::sync::Mutex<Slot>>,
    readers: Arc<Semaphore>,
    idle_readers: Mutex<Vec<SqliteConnection>>,
}

/// A connection in use. Goes back where it came from.
#[derive(Debug)]
struct Lent {
    /// `None`: closed, since it does not work.
    connection: Option<SqliteConnection>,
    /// `None`: given back.
    home: Option<Home>,
    /// Something was asked whose answer has not come yet.
    is_busy: bool,
    has_begun: bool,
}

#[derive(Debug)]
enum Home {
    Writer(OwnedMutexGuard<Slot>),
    Reader(Arc<Sqlite>, OwnedSemaphorePermit),
}

/// What came of each statement of a text, and all of their rows.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub done: Vec<SqliteQueryResult>,
    pub rows: Vec<SqliteRow>,
}

/// An answer until the first statement that failed, if one did.
#[derive(Debug, Default)]
struct Ran {
    answer: Answer,
    error: Option<sqlx::Error>,
}

/// Fails where the statement before it did not change so many rows.
const GUARD: &str = "SELECT 0 WHERE abs(-9223372036854775807 - (changes() <> ?)) < 0";

impl Sqlite {
    /// A missing file is made.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url).map_err(failed)?;
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("journal_mode", "WAL")
            // An answer must not leave before its commit is durable.
            .pragma("synchronous", "FULL")
            .disable_statement_logging();
        let writer = connect(&options).await?;
        Ok(Self {
            options,
            writer: Arc::new(tokio::sync::Mutex::new(Some(writer))),
            readers: Arc::new(Semaphore::new(READERS)),
            idle_readers: Mutex::default(),
        })
    }

    /// For what wants sea-orm's own connection: the migrations. Whoever takes it closes it.
    pub(super) async fn pool(&self) -> Result<DatabaseConnection> {
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_with(self.options.clone()).await.map_err(failed)?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
    }

    /// A statement for itself. `is_quick`: it wants one row. The connection that writes does that too while nobody writes:
    /// its pages are still true, and those that read have theirs to read anew after each write.
    pub(super) async fn ask(self: &Arc<Self>, statement: Statement, is_quick: bool) -> Result<Answer> {
        let writer = is_quick.then(|| self.writer.clone().try_lock_owned().ok());
        let writer = writer.flatten().filter(|slot| slot.is_some());
        let mut lent = match writer {
            Some(slot) => Lent::from_writer(slot),
            None => self.reader().await?,
        };
        lent.run(&self.options, vec![statement]).await?.whole()
    }

    /// Waits for its turn.
    pub(super) async fn begin(self: &Arc<Self>) -> Result<Writing> {
        let slot = self.writer.clone().lock_owned().await;
        if self.readers.is_closed() {
            return Err(closed());
        }
        Ok(Writing {
            sqlite: self.clone(),
            lent: Lent::from_writer(slot),
        })
    }

    /// Whoever still writes or reads is waited for, in this order: who writes may also read.
    pub(super) async fn close(&self) -> Result<()> {
        let mut slot = self.writer.lock().await;
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let permits = self.readers.acquire_many(all).await.map_err(|_| closed())?;
        self.readers.close();
        drop(permits);
        let mut done = Ok(());
        let readers = mem::take(&mut *self.idle());
        for connection in readers.into_iter().chain(slot.take()) {
            done = done.and(connection.close().await.map_err(failed));
        }
        done
    }

    async fn reader(self: &Arc<Self>) -> Result<Lent> {
        let permit = tokio::time::timeout(PATIENCE, self.readers.clone().acquire_owned());
        let permit = permit
            .await
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let permit = permit.map_err(|_| closed())?;
        Ok(Lent {
            connection: self.idle().pop(),
            home: Some(Home::Reader(self.clone(), permit)),
            is_busy: false,
            has_begun: false,
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Home {
    fn take_back(self, connection: Option<SqliteConnection>) {
        match self {
            Self::Writer(mut slot) => *slot = connection,
            // The permit goes after it.
            Self::Reader(sqlite, _permit) => sqlite.idle().extend(connection),
        }
    }
}

impl Lent {
    fn from_writer(mut slot: OwnedMutexGuard<Slot>) -> Self {
        Self {
            connection: slot.take(),
            home: Some(Home::Writer(slot)),
            is_busy: false,
            has_begun: false,
        }
    }

    async fn run(&mut self, options: &SqliteConnectOptions, statements: Vec<Statement>) -> Result<Ran> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None if self.has_begun => return Err(over()),
            none => none.insert(connect(options).await?),
        };
        self.is_busy = true;
        let ran = run(connection, statements).await;
        self.is_busy = false;
        if !ran.is_sound() {
            self.connection = None;
        }
        Ok(ran)
    }
}

impl Drop for Lent {
    /// What was broken off comes to its end first, and what was begun is rolled back; until then nobody else has the
    /// connection, or its place.
    fn drop(&mut self) {
        let Some(home) = self.home.take() else {
            return;
        };
        let connection = match self.connection.take() {
            Some(connection) if self.is_busy || self.has_begun => connection,
            connection => return home.take_back(connection),
        };
        let last = plain(if self.has_begun { "ROLLBACK" } else { "SELECT 1" });
        // Without a runtime it is closed, which does the same.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let mut connection = connection;
                let ended = run(&mut connection, vec![last]).await;
                home.take_back(Some(connection).filter(|_| ended.error.is_none()));
            });
        }
    }
}

/// A transaction. Begins with its first statement; dropped without `finish`, nothing has happened.
#[derive(Debug)]
pub(super) struct Writing {
    sqlite: Arc<Sqlite>,
    lent: Lent,
}

impl Writing {
    /// In one journey. After an error, and where the answer was not waited for, nothing more may be asked.
    pub(super) async fn ask(&mut self, statements: Vec<Statement>) -> Result<Answer> {
        self.run(statements).await?.whole()
    }

    /// Writes, each of which changes so many rows, and makes it durable, in one journey. Gives the number of the first that
    /// changed more or fewer: then nothing after it is done, and the transaction goes on.
    pub(super) async fn finish(&mut self, writes: Vec<(Statement, u64)>) -> Result<Option<usize>> {
        if writes.is_empty() && !self.lent.has_begun {
            return Ok(None);
        }
        let mut statements = Vec::with_capacity(2 * writes.len() + 1);
        for (write, rows) in writes {
            let guard = Statement::from_sql_and_values(DbBackend::Sqlite, GUARD, [rows.into()]);
            statements.extend([write, guard]);
        }
        let last = statements.len();
        statements.push(plain("COMMIT"));
        let ran = self.run(statements).await?;
        let reached = ran.answer.done.len();
        if ran.error.as_ref().is_some_and(is_guard) && reached < last && reached % 2 == 1 {
            return Ok(Some(reached / 2));
        }
        ran.whole()?;
        self.lent.has_begun = false;
        Ok(None)
    }

    async fn run(&mut self, mut statements: Vec<Statement>) -> Result<Ran> {
        let begins = !self.lent.has_begun;
        if begins {
            if self.lent.connection.is_none() {
                self.lent.connection = Some(connect(&self.sqlite.options).await?);
            }
            statements.insert(0, plain("BEGIN IMMEDIATE"));
            self.lent.has_begun = true;
        }
        let mut ran = self.lent.run(&self.sqlite.options, statements).await?;
        if begins {
            if ran.answer.done.is_empty() {
                // It has not even begun.
                return Err(ran.error.map_or_else(over, failed));
            }
            ran.answer.done.remove(0);
        }
        Ok(ran)
    }
}

fn plain(text: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, text)
}

fn over() -> DbErr {
    DbErr::Custom("the transaction is over".to_owned())
}

fn closed() -> DbErr {
    DbErr::Custom("the database is closed".to_owned())
}

/// What `GUARD` says where it fails.
fn is_guard(error: &sqlx::Error) -> bool {
    let said = error.as_database_error();
    said.is_some_and(|said| said.code().as_deref() == Some("1") && said.message() == "integer overflow")
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let connected = SqliteConnection::connect_with(options).await;
    connected.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
}

/// All of them as one text, with the values of all.
async fn run(connection: &mut SqliteConnection, statements: Vec<Statement>) -> Ran {
    let count = statements.len();
    let mut texts = Vec::with_capacity(count);
    let mut values = Vec::new();
    for statement in statements {
        texts.push(statement.sql);
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    let text = AssertSqlSafe(texts.join("; "));
    let query = sqlx::query_with(text, SqlxValues(Values(values)));
    let mut steps = connection.fetch_many(query);
    let mut ran = Ran::default();
    // The last outcome is the end: whoever waits to hear that nothing follows it is woken once more.
    while ran.answer.done.len() < count
        && let Some(step) = poll_fn(|context| Pin::new(&mut steps).poll_next(context)).await
    {
        match step {
            Ok(Either::Left(done)) => ran.answer.done.push(done),
            Ok(Either::Right(row)) => ran.answer.rows.push(row),
            Err(error) => {
                ran.error = Some(error);
                break;
            }
        }
    }
    // Its thread is no more.
    if ran.error.is_none() && ran.answer.done.len() < count {
        ran.error = Some(sqlx::Error::WorkerCrashed);
    }
    ran
}

impl Ran {
    /// Whether the connection can go on: a refused statement leaves it as it was.
    const fn is_sound(&self) -> bool {
        matches!(self.error, None | Some(sqlx::Error::Database(_)))
    }

    fn whole(self) -> Result<Answer> {
        self.error.map_or(Ok(self.answer), |error| Err(failed(error)))
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
