//! The user locks a mobile ID, for good. One that no phone has confirmed yet takes its process with it. Of one that is
//! locked already, the encryption certificate that was kept can be revoked after all.

use shared::api::{Actor, EncryptionFate, Ending, LockReason, MobileIdState};
use uuid::Uuid;

use super::{Context, MobileIdSeen, PortalError, lifecycle, seen, transition};
use crate::{
    domain::mobile_id::{MobileId, Outcome},
    store::Transaction,
};

pub async fn run(
    context: &Context,
    user: Uuid,
    mobile_id: Uuid,
    reason: LockReason,
    encryption: Option<EncryptionFate>,
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
    let how = (reason, encryption);
    let locked = match lifecycle::lock(&transaction, mobile_id, how, now).await? {
        Outcome::Same(mobile_id) => return again(context, transaction, mobile_id, how).await,
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
    transaction.append_audit(&record);
    transaction.commit().await?;
    match &ended {
        Some((process, _)) => transition::ring(context, process),
        None => context.changes.ring(locked.process),
    }
    Ok(seen::mobile_id(context, locked).await?)
}

/// Nothing changes, unless they say that its encryption certificate is to be revoked, and that still counts.
async fn again(
    context: &Context,
    transaction: Transaction,
    mobile_id: MobileId,
    (reason, encryption): (LockReason, Option<EncryptionFate>),
) -> Result<MobileIdSeen, PortalError> {
    if encryption != Some(EncryptionFate::Revoke) {
        return Ok(seen::mobile_id(context, mobile_id).await?);
    }
    let (reason, now) = (reason.into(), context.clock.now());
    let revoked = lifecycle::revoke_kept(&transaction, &mobile_id, reason, Actor::User, now).await?;
    let Some((changed, record)) = revoked else {
        return Ok(seen::mobile_id(context, mobile_id).await?);
    };
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(changed.process);
    Ok(seen::mobile_id(context, changed).await?)
}
