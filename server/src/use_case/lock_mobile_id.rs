//! The user locks a mobile ID, for good. One that no phone has confirmed yet takes its process with it.

use shared::api::{Actor, Ending, LockReason, MobileIdState};
use uuid::Uuid;

use super::{Context, MobileIdSeen, PortalError, lifecycle, seen, transition};
use crate::domain::mobile_id::Outcome;

pub async fn run(
    context: &Context,
    user: Uuid,
    mobile_id: Uuid,
    reason: LockReason,
) -> Result<MobileIdSeen, PortalError> {
    let reason = lifecycle::chosen(reason)?;
    // Outside of the transaction: which process made it never changes, and none becomes `registered` again.
    let found = context.store.read().mobile_id(mobile_id).await?;
    let found = found.ok_or(PortalError::NotFound)?;
    let transaction = context.store.begin().await?;
    let process = match found.state {
        MobileIdState::Registered => transaction.process_to_change(found.process).await?,
        _ => None,
    };
    let mobile_id = lifecycle::take(&transaction, user, mobile_id).await?;
    let now = context.clock.now();
    let locked = match mobile_id.lock(reason, now)? {
        Outcome::Same(mobile_id) => return Ok(seen::mobile_id(context, mobile_id).await?),
        Outcome::Changed(locked) => locked,
    };
    let record = lifecycle::write(&transaction, &locked, Actor::User, now).await?;
    let ended = process.and_then(|(process, user)| {
        let ended = process.cancel(Ending::CancelledByUser, now).ok()?;
        Some((ended, user))
    });
    if let Some((process, user)) = &ended {
        let record = transition::end_record(process, Actor::User, now);
        transition::store(context, &transaction, process, user, record).await?;
    }
    transaction.append_audit(&record).await?;
    transaction.commit().await?;
    match &ended {
        Some((process, _)) => transition::ring(context, process),
        None => context.changes.ring(locked.process),
    }
    Ok(seen::mobile_id(context, locked).await?)
}
