//! A process of the signed-in user, as it is now.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError, ProcessSeen, portal, seen};

pub async fn run(
    context: &Context,
    user: Uuid,
    process: Uuid,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen, PortalError> {
    let found = context.store.read().process(process).await?;
    let mut found = found
        .filter(|found| found.user == user)
        .ok_or(PortalError::NotFound)?;
    let is_over = found.until().is_some_and(|until| until <= context.clock.now());
    if is_over {
        // Writes down what time has done; the refusal is for those who wanted to change something.
        found = match portal::hold(context, user, process).await {
            Ok(held) => held.process,
            Err(PortalError::Ended | PortalError::UserNotActive) => context
                .store
                .read()
                .process(process)
                .await?
                .ok_or(PortalError::NotFound)?,
            Err(error) => return Err(error),
        };
    }
    Ok(seen::process(context, found, signed_in_at).await?)
}
