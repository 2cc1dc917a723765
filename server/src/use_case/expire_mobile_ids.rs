//! What the background worker does now and then: writes down that time has ended mobile IDs, and their certificates in
//! both books. Page by page; after a month without a server there are many.

use shared::api::Actor;
use uuid::Uuid;

use super::{Context, lifecycle};
use crate::store::Result;

const PAGE: u64 = 200;

/// Gives the number of mobile IDs that are expired by this.
pub async fn run(context: &Context) -> Result<usize> {
    let now = context.clock.now();
    let (mut after, mut expired) = (None, 0);
    loop {
        let page = context.store.read().mobile_ids_over(now, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(expired);
        };
        after = Some((last.valid_until, last.id));
        for mobile_id in page {
            expired += usize::from(expire(context, mobile_id.id).await?);
        }
    }
}

/// `false` where it was locked meanwhile, or another server was faster.
async fn expire(context: &Context, mobile_id: Uuid) -> Result<bool> {
    let transaction = context.store.begin().await?;
    let now = context.clock.now();
    let found = transaction.mobile_id_to_change(mobile_id).await?;
    let Some(expired) = found.and_then(|mobile_id| mobile_id.expire(now)) else {
        return Ok(false);
    };
    let record = lifecycle::write(&transaction, &expired, Actor::System, now).await?;
    transaction.append_audit(&record).await?;
    transaction.commit().await?;
    context.changes.ring(expired.process);
    Ok(true)
}
