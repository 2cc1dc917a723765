//! Cancel, or "Not my phone", in the portal. The phone, if one takes part, learns it when it next asks.

use shared::api::{Actor, Ending};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError, ProcessSeen, portal, seen, transition};

/// `ending`: `CancelledByUser` or `PhoneNotRecognised`. A process that was cancelled before stays as it is.
pub async fn run(
    context: &Context,
    user: Uuid,
    process: Uuid,
    ending: Ending,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen, PortalError> {
    let held = portal::hold(context, user, process).await?;
    if held.process.ending().is_some() {
        return Ok(seen::process(context, held.process, signed_in_at).await?);
    }
    if ending == Ending::PhoneNotRecognised && held.process.claim().is_none() {
        return Err(PortalError::NotNow);
    }
    let now = context.clock.now();
    let process = held.process.cancel(ending, now)?;
    let record = transition::end_record(&process, Actor::User, now);
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    Ok(seen::process(context, process, signed_in_at).await?)
}
