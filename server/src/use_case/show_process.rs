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
    let book = context.store.read();
    let found = book.process_with_user(process).await?;
    let mut found = found
        .filter(|(found, _)| found.user == user)
        .ok_or(PortalError::NotFound)?;
    if found.0.is_over(context.clock.now()) {
        // Writes down what time has done; the refusal is for those who wanted to change something.
        found = match portal::hold(context, user, process).await {
            Ok(held) => (held.process, held.user),
            Err(PortalError::Ended | PortalError::UserNotActive) => {
                let found = book.process_with_user(process).await?;
                found.ok_or(PortalError::NotFound)?
            }
            Err(error) => return Err(error),
        };
    }
    let (process, user) = found;
    Ok(seen::process(context, &book, process, &user, signed_in_at).await?)
}
