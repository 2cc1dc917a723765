//! The user pauses a mobile ID: its certificates are on hold until they resume it.

use shared::api::PauseCause;
use uuid::Uuid;

use super::{Context, MobileIdSeen, PortalError, lifecycle, seen};

pub async fn run(context: &Context, user: Uuid, mobile_id: Uuid) -> Result<MobileIdSeen, PortalError> {
    let held = lifecycle::hold(context, user, mobile_id).await?;
    let now = context.clock.now();
    let outcome = held.mobile_id.pause(PauseCause::User, now);
    let mobile_id = lifecycle::commit(context, held.transaction, outcome?, now).await?;
    Ok(seen::mobile_id(context, mobile_id).await?)
}
