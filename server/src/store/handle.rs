//! Where a book's statements go: to the pool, each for itself, or into a transaction. A transaction keeps back the
//! writes whose outcome nobody asks for, and sends them together before the next statement that has an answer, or with
//! the commit: to SQLite as one text, since the journey to its thread costs more than most writes. Their order stays.

use std::{mem, sync::PoisonError};

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    Insert, QueryResult, QueryTrait as _, Statement, Update, sea_query::Values,
};
use tokio::sync::Mutex;

use crate::domain::audit::Record;

type Result<T> = std::result::Result<T, DbErr>;

#[derive(Debug)]
pub(super) enum Handle {
    Pool(DatabaseConnection),
    Transaction(Sender),
}

#[derive(Debug)]
pub(super) struct Sender {
    db: DatabaseTransaction,
    /// `None` from when sending begins until it has gone well. Where it has not, nobody knows what was written: the
    /// transaction takes nothing more, and is not committed.
    kept: Mutex<Option<Kept>>,
    /// For the audit log, in order: written last of all.
    told: std::sync::Mutex<Vec<Record>>,
}

#[derive(Debug, Default)]
struct Kept {
    statements: Vec<Statement>,
    /// How many rows they change together.
    rows: u64,
}

impl Handle {
    pub(super) fn transaction(db: DatabaseTransaction) -> Self {
        Self::Transaction(Sender {
            db,
            kept: Mutex::new(Some(Kept::default())),
            told: std::sync::Mutex::default(),
        })
    }

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
            Self::Pool(db) => are_all_changed(rows, db.execute_raw(statement).await?.rows_affected()),
            Self::Transaction(sender) => {
                let mut kept = sender.kept.lock().await;
                let kept = kept.as_mut().ok_or_else(broken)?;
                kept.statements.push(statement);
                kept.rows += rows;
                Ok(())
            }
        }
    }

    /// Sends what was kept back. Gives how many rows it should have changed, and how many it did.
    pub(super) async fn send(&self) -> Result<(u64, u64)> {
        match self {
            Self::Pool(_) => Ok((0, 0)),
            Self::Transaction(sender) => sender.send(|_, _| Ok(())).await,
        }
    }

    /// What the audit log gets with the commit: to be added to, looked at, taken.
    pub(super) fn told<T>(&self, look: impl FnOnce(&mut Vec<Record>) -> T) -> T {
        match self {
            Self::Pool(_) => look(&mut Vec::new()),
            Self::Transaction(sender) => {
                look(&mut sender.told.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Self::Pool(_) => Ok(()),
            Self::Transaction(sender) => {
                sender.emptied().await?;
                sender.db.commit().await
            }
        }
    }
}

impl Sender {
    /// The transaction, for a statement that is not kept back.
    async fn emptied(&self) -> Result<&DatabaseTransaction> {
        self.send(are_all_changed).await?;
        Ok(&self.db)
    }

    /// `judge` gets the number of rows that were to change and that of those that did.
    async fn send(&self, judge: impl Fn(u64, u64) -> Result<()>) -> Result<(u64, u64)> {
        let mut kept = self.kept.lock().await;
        let Kept { statements, rows } = kept.take().ok_or_else(broken)?;
        let mut changed = 0;
        for statement in together(self.db.get_database_backend(), statements) {
            changed += self.db.execute_raw(statement).await?.rows_affected();
        }
        judge(rows, changed)?;
        *kept = Some(Kept::default());
        Ok((rows, changed))
    }
}

/// PostgreSQL takes one statement with values at a time.
fn together(engine: DbBackend, mut statements: Vec<Statement>) -> Vec<Statement> {
    if engine != DbBackend::Sqlite || statements.len() < 2 {
        return statements;
    }
    let mut values = Vec::new();
    for statement in &mut statements {
        values.extend(
            mem::take(&mut statement.values)
                .into_iter()
                .flat_map(|values| values.0),
        );
    }
    let texts: Vec<_> = statements.into_iter().map(|statement| statement.sql).collect();
    vec![Statement {
        sql: texts.join("; "),
        values: Some(Values(values)),
        db_backend: engine,
    }]
}

fn are_all_changed(rows: u64, changed: u64) -> Result<()> {
    if rows == changed {
        Ok(())
    } else {
        Err(DbErr::RecordNotUpdated)
    }
}

fn broken() -> DbErr {
    DbErr::Custom("an earlier write of this transaction was not done".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Handle {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Pool(db) => db.get_database_backend(),
            Self::Transaction(sender) => sender.db.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult> {
        match self {
            Self::Pool(db) => db.execute_raw(statement).await,
            Self::Transaction(sender) => sender.emptied().await?.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult> {
        match self {
            Self::Pool(db) => db.execute_unprepared(sql).await,
            Self::Transaction(sender) => sender.emptied().await?.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>> {
        match self {
            Self::Pool(db) => db.query_one_raw(statement).await,
            Self::Transaction(sender) => sender.emptied().await?.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>> {
        match self {
            Self::Pool(db) => db.query_all_raw(statement).await,
            Self::Transaction(sender) => sender.emptied().await?.query_all_raw(statement).await,
        }
    }
}
