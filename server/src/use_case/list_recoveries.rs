//! Requests to recover keys: those that wait for a second person, and the newest of those that wait no more.

use uuid::Uuid;

use super::{
    Context,
    recoveries::{self, RecoverySeen},
};
use crate::store::Result;

/// More are not shown before some of these are decided.
const PENDING: u64 = 200;
const SETTLED: u64 = 50;

/// The pending ones first.
pub async fn run(context: &Context, asker: Uuid) -> Result<Vec<RecoverySeen>> {
    let book = context.store.read();
    let mut requests = book.pending_recovery_requests(PENDING).await?;
    requests.extend(book.settled_recovery_requests(SETTLED).await?);
    recoveries::see(context, asker, requests).await
}
