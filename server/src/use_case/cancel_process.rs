//! Cancel, or "Not my phone", in the portal. The phone, if one takes part, learns it when it next asks.

use shared::api::{Actor, Ending};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Context, PortalError, ProcessSeen,
    portal::{self, Held},
    seen, transition,
};

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
        let Held {
            transaction,
            process,
            user,
        } = held;
        return Ok(seen::process(context, &transaction, process, &user, signed_in_at).await?);
    }
    if ending == Ending::PhoneNotRecognised && held.process.claim().is_none() {
        return Err(PortalError::NotNow);
    }
    let now = context.clock.now();
    let process = held.process.cancel(ending, now)?;
    let record = transition::end_record(&process, Actor::User, now);
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    let book = context.store.read();
    Ok(seen::process(context, &book, process, &held.user, signed_in_at).await?)
}
