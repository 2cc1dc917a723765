//! What the background worker does now and then: takes mails out of the outbox that ended long ago.

use time::Duration;

use super::Context;
use crate::store::Result;

/// So many at one go, so that nobody waits for it: the next round takes the rest.
const AT_ONCE: u64 = 200;

/// `keep`: how long a mail that was sent, given up or cancelled is still listed. Gives the number of those that went.
pub async fn run(context: &Context, keep: Duration) -> Result<u64> {
    let before = context.clock.now() - keep;
    let book = context.store.read();
    let old = book.old_mails(before, AT_ONCE).await?;
    if old.is_empty() {
        return Ok(0);
    }
    let transaction = context.store.begin().await?;
    let deleted = transaction.delete_mails(&old).await?;
    transaction.commit().await?;
    Ok(deleted)
}
