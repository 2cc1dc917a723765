//! What the background worker does now and then: writes down that time has ended mobile IDs, and their certificates in
//! both books, with the encryption certificates that locks have kept. Page by page; after a month without a server there are many.

use shared::api::Actor;
use uuid::Uuid;

use super::{Context, lifecycle};
use crate::store::{Result, TimeEnds};

const PAGE: u64 = 200;

/// Gives the number of mobile IDs that are changed by this.
pub async fn run(context: &Context) -> Result<usize> {
    let now = context.clock.now();
    let mut changed = 0;
    for which in [TimeEnds::Working, TimeEnds::KeptEncryption] {
        let mut after = None;
        loop {
            let book = context.store.read();
            let page = book.mobile_ids_over(which, now, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.valid_until, last.id));
            for mobile_id in page {
                changed += usize::from(expire(context, mobile_id.id).await?);
            }
        }
    }
    Ok(changed)
}

/// `false` where it was locked meanwhile, or another server was faster.
async fn expire(context: &Context, mobile_id: Uuid) -> Result<bool> {
    let transaction = context.store.begin().await?;
    let now = context.clock.now();
    let Some(found) = transaction.mobile_id_to_change(mobile_id).await? else {
        return Ok(false);
    };
    let (expired, record) = if let Some(expired) = found.expire(now) {
        let record = lifecycle::write(&transaction, &expired, Actor::System, now).await?;
        (expired, record)
    } else if let Some(ended) = lifecycle::expire_kept(&transaction, &found, now).await? {
        ended
    } else {
        return Ok(false);
    };
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(expired.process);
    Ok(true)
}
