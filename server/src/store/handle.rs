//! Where a book's statements go: each for itself, or into a transaction. A transaction keeps back the writes whose
//! outcome nobody asks for, and sends them together with the next statement that has an answer, or with the commit: to
//! SQLite in one journey, since the way to its thread costs more than most writes. Their order stays.

use std::{
    mem,
    sync::{Arc, PoisonError},
};

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    Insert, QueryResult, QueryTrait as _, Statement, TransactionTrait as _, Update,
};
use tokio::sync::Mutex;

use super::sqlite::{self, Sqlite};
use crate::domain::audit::Record;

type Result<T> = std::result::Result<T, DbErr>;

/// The database itself. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) enum Engine {
    Postgres(DatabaseConnection),
    Sqlite(Arc<Sqlite>),
}

#[derive(Debug)]
pub(super) enum Handle {
    Alone(Engine),
    Together(Box<Sender>),
}

/// A transaction's.
#[derive(Debug)]
pub(super) struct Sender {
    line: Mutex<Line>,
    engine: DbBackend,
    /// For the audit log, in order: written last of all.
    told: std::sync::Mutex<Vec<Record>>,
}

#[derive(Debug)]
struct Line {
    transaction: Writing,
    /// Each with the number of rows that it changes. `None` from when sending begins until it has gone well. Where it has
    /// not, nobody knows what was written: the transaction takes nothing more, and is not committed.
    kept: Option<Vec<(Statement, u64)>>,
}

#[derive(Debug)]
enum Writing {
    Postgres(DatabaseTransaction),
    Sqlite(sqlite::Writing),
    /// Committed, or it is unknown whether it was.
    Over,
}

/// A statement that is not kept back, by what is wanted of it.
#[derive(Debug, Clone)]
enum Asked {
    Outcome(Statement),
    Row(Statement),
    Rows(Statement),
}

#[derive(Debug, Default)]
struct Answer {
    outcome: Option<ExecResult>,
    rows: Vec<QueryResult>,
}

impl Engine {
    pub(super) async fn begin(&self) -> Result<Handle> {
        let (transaction, engine) = match self {
            Self::Postgres(db) => (Writing::Postgres(db.begin().await?), DbBackend::Postgres),
            Self::Sqlite(sqlite) => (Writing::Sqlite(sqlite.begin().await?), DbBackend::Sqlite),
        };
        Ok(Handle::Together(Box::new(Sender {
            line: Mutex::new(Line {
                transaction,
                kept: Some(Vec::new()),
            }),
            engine,
            told: std::sync::Mutex::default(),
        })))
    }
}

impl Handle {
    /// Writes a row that is there already. Kept back.
    pub(super) async fn update<A: ActiveModelTrait>(&self, row: A) -> Result<()> {
        let update = Update::one(row).validate()?;
        self.write(update.build(self.get_database_backend()), 1).await
    }

    /// Writes new rows. Kept back.
    pub(super) async fn insert<A: ActiveModelTrait>(&self, rows: impl IntoIterator<Item = A>) -> Result<()> {
        let rows: Vec<_> = rows.into_iter().collect();
        if rows.is_empty() {
            return Ok(());
        }
        let count = rows.len() as u64;
        let insert = Insert::many(rows);
        self.write(insert.build(self.get_database_backend()), count).await
    }

    /// `rows`: how many rows it changes, neither more nor fewer. Where it does not, and where it cannot be done, a
    /// transaction says so with a later statement or the commit. Kept back.
    pub(super) async fn write(&self, statement: Statement, rows: u64) -> Result<()> {
        match self {
            Self::Alone(_) => are_all_changed(rows, self.execute_raw(statement).await?.rows_affected()),
            Self::Together(sender) => {
                let mut line = sender.line.lock().await;
                line.kept.as_mut().ok_or_else(broken)?.push((statement, rows));
                Ok(())
            }
        }
    }

    /// How many writes are kept back now.
    pub(super) async fn kept(&self) -> usize {
        match self {
            Self::Alone(_) => 0,
            Self::Together(sender) => sender.line.lock().await.kept.as_ref().map_or(0, Vec::len),
        }
    }

    /// Sends what was kept back and makes everything durable. Gives the number of the first of them that changed more or
    /// fewer rows than it should: then it and those before it are done, those after it are dropped, and the transaction
    /// goes on.
    pub(super) async fn finish(&self) -> Result<Option<usize>> {
        match self {
            Self::Alone(_) => Ok(None),
            Self::Together(sender) => sender.line.lock().await.finish().await,
        }
    }

    /// What the audit log gets with the commit: to be added to, looked at, taken.
    pub(super) fn told<T>(&self, look: impl FnOnce(&mut Vec<Record>) -> T) -> T {
        match self {
            Self::Alone(_) => look(&mut Vec::new()),
            Self::Together(sender) => look(&mut sender.told.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    async fn ask(&self, asked: Asked) -> Result<Answer> {
        match self {
            Self::Alone(Engine::Postgres(db)) => asked.of(db).await,
            Self::Alone(Engine::Sqlite(sqlite)) => {
                let is_quick = matches!(asked, Asked::Row(_));
                Ok(sqlite.ask(asked.statement(), is_quick).await?.into())
            }
            Self::Together(sender) => sender.line.lock().await.ask(asked).await,
        }
    }
}

impl Line {
    /// What was kept back, then what is asked now.
    async fn ask(&mut self, asked: Asked) -> Result<Answer> {
        let kept = self.kept.take().ok_or_else(broken)?;
        let answer = match &mut self.transaction {
            Writing::Over => return Err(broken()),
            Writing::Postgres(transaction) => {
                for (write, rows) in kept {
                    are_all_changed(rows, transaction.execute_raw(write).await?.rows_affected())?;
                }
                asked.of(transaction).await?
            }
            Writing::Sqlite(transaction) => {
                let (mut statements, rows): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
                statements.push(asked.statement());
                let answer = transaction.ask(statements).await?;
                for (rows, done) in rows.into_iter().zip(&answer.done) {
                    are_all_changed(rows, done.rows_affected())?;
                }
                answer.into()
            }
        };
        self.kept = Some(Vec::new());
        Ok(answer)
    }

    async fn finish(&mut self) -> Result<Option<usize>> {
        let kept = self.kept.take().ok_or_else(broken)?;
        let short = match mem::replace(&mut self.transaction, Writing::Over) {
            Writing::Over => return Err(broken()),
            Writing::Postgres(transaction) => {
                let mut short = None;
                for (number, (write, rows)) in kept.into_iter().enumerate() {
                    if transaction.execute_raw(write).await?.rows_affected() != rows {
                        short = Some(number);
                        break;
                    }
                }
                match short {
                    None => transaction.commit().await?,
                    Some(_) => self.transaction = Writing::Postgres(transaction),
                }
                short
            }
            Writing::Sqlite(mut transaction) => {
                let short = transaction.finish(kept).await?;
                if short.is_some() {
                    self.transaction = Writing::Sqlite(transaction);
                }
                short
            }
        };
        self.kept = short.map(|_| Vec::new());
        Ok(short)
    }
}

impl Asked {
    fn statement(self) -> Statement {
        match self {
            Self::Outcome(statement) | Self::Row(statement) | Self::Rows(statement) => statement,
        }
    }

    async fn of(self, db: &impl ConnectionTrait) -> Result<Answer> {
        let mut answer = Answer::default();
        match self {
            Self::Outcome(statement) => answer.outcome = Some(db.execute_raw(statement).await?),
            Self::Row(statement) => answer.rows.extend(db.query_one_raw(statement).await?),
            Self::Rows(statement) => answer.rows = db.query_all_raw(statement).await?,
        }
        Ok(answer)
    }
}

impl From<sqlite::Answer> for Answer {
    /// The outcome is the last statement's.
    fn from(answer: sqlite::Answer) -> Self {
        Self {
            outcome: answer.done.into_iter().last().map(Into::into),
            rows: answer.rows.into_iter().map(Into::into).collect(),
        }
    }
}

fn are_all_changed(rows: u64, changed: u64) -> Result<()> {
    if rows == changed {
        Ok(())
    } else {
        Err(DbErr::RecordNotUpdated)
    }
}

fn broken() -> DbErr {
    DbErr::Custom("an earlier statement of this transaction failed".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Handle {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Alone(Engine::Postgres(_)) => DbBackend::Postgres,
            Self::Alone(Engine::Sqlite(_)) => DbBackend::Sqlite,
            Self::Together(sender) => sender.engine,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult> {
        let outcome = self.ask(Asked::Outcome(statement)).await?.outcome;
        outcome.ok_or_else(|| DbErr::Custom("the statement had no outcome".to_owned()))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult> {
        let statement = Statement::from_string(self.get_database_backend(), sql);
        self.execute_raw(statement).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>> {
        Ok(self.ask(Asked::Row(statement)).await?.rows.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>> {
        Ok(self.ask(Asked::Rows(statement)).await?.rows)
    }
}
