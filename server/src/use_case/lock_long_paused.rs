//! What the background worker does now and then: locks mobile IDs that were paused for longer than this installation
//! allows. None of which no mail was written a day before at least, where mail could have reached its user: see
//! `announce_pause_ends`. A mail that does not arrive keeps nothing unlocked: the portal's pages say the day as well.

use shared::api::{Actor, EncryptionFate, LockReason};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Context, letters, lifecycle};
use crate::{
    domain::mobile_id::{MobileId, Outcome},
    store::{Result, Transaction},
};

const PAGE: u64 = 200;

/// Gives the number of mobile IDs that are locked by this.
pub async fn run(context: &Context) -> Result<usize> {
    let Some(days) = context.limits.lock_paused_after_days else {
        return Ok(0);
    };
    let until = context.clock.now() - Duration::days(i64::from(days));
    let (mut after, mut locked) = (None, 0);
    loop {
        let page = context.store.read().mobile_ids_paused(until, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(locked);
        };
        after = Some((last.state_since, last.id));
        for mobile_id in page {
            locked += usize::from(lock(context, mobile_id.id).await?);
        }
    }
}

async fn lock(context: &Context, mobile_id: Uuid) -> Result<bool> {
    let transaction = context.store.begin().await?;
    let now = context.clock.now();
    let Some(mobile_id) = transaction.mobile_id_to_change(mobile_id).await? else {
        return Ok(false);
    };
    if !is_due(context, &transaction, &mobile_id, now).await? {
        return Ok(false);
    }
    let Ok(Outcome::Changed(locked)) = mobile_id.lock(LockReason::PausedTooLong, EncryptionFate::Revoke, now)
    else {
        return Ok(false);
    };
    let record = lifecycle::write(&transaction, &locked, Actor::System, now).await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(locked.process);
    Ok(true)
}

async fn is_due(
    context: &Context,
    transaction: &Transaction,
    mobile_id: &MobileId,
    now: OffsetDateTime,
) -> Result<bool> {
    let end = mobile_id.locks_at(context.limits.lock_paused_after_days, now);
    if end.is_none_or(|end| end > now) {
        return Ok(false);
    }
    let user = transaction.user(mobile_id.user).await?;
    let could_be_told = user.is_some_and(|user| letters::reach(context, &user).is_ok());
    Ok(mobile_id.pause_end.is_some() || !could_be_told)
}
