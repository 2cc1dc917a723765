//! The user resumes what they paused. It works again at once, so whoever finds an open browser must not be able to.

use shared::api::PauseCause;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, MobileIdSeen, PortalError, lifecycle, seen};
use crate::domain::mobile_id::Outcome;

pub async fn run(
    context: &Context,
    user: Uuid,
    mobile_id: Uuid,
    signed_in_at: OffsetDateTime,
) -> Result<MobileIdSeen, PortalError> {
    let held = lifecycle::hold(context, user, mobile_id).await?;
    let now = context.clock.now();
    let outcome = held.mobile_id.resume(PauseCause::User, now)?;
    if matches!(outcome, Outcome::Changed(_)) && !context.limits.is_fresh(signed_in_at, now) {
        return Err(PortalError::PasswordNeeded);
    }
    let mobile_id = lifecycle::commit(context, held.transaction, outcome, now).await?;
    Ok(seen::mobile_id(context, mobile_id).await?)
}
