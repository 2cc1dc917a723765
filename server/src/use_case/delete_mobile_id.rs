//! The user takes a mobile ID that works no more out of their list. Its rows and its records stay.

use shared::api::Actor;
use uuid::Uuid;

use super::{Context, PortalError, lifecycle};
use crate::domain::{mobile_id::Outcome, user::Right};

pub async fn run(context: &Context, user: Uuid, mobile_id: Uuid) -> Result<(), PortalError> {
    let transaction = context.store.begin().await?;
    let mobile_id = lifecycle::take_any(&transaction, user, mobile_id).await?;
    lifecycle::check(&transaction, user, Right::ChangeMobileId).await?;
    let now = context.clock.now();
    let expired = mobile_id.expire(now);
    let outcome = expired.clone().unwrap_or(mobile_id).delete(now)?;
    let Outcome::Changed(deleted) = outcome else {
        return Ok(());
    };
    // Time's end is written down before anything else is.
    let expired = match expired {
        Some(expired) => Some(lifecycle::write(&transaction, &expired, Actor::System, now).await?),
        None => None,
    };
    let record = lifecycle::write(&transaction, &deleted, Actor::User, now).await?;
    for record in expired.iter().chain([&record]) {
        transaction.append_audit(record);
    }
    transaction.commit().await?;
    context.changes.ring(deleted.process);
    Ok(())
}
