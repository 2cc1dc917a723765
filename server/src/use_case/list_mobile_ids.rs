//! The user's mobile IDs, newest first.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError};
use crate::domain::mobile_id::MobileId;

pub async fn run(context: &Context, user: Uuid) -> Result<(Vec<MobileId>, OffsetDateTime), PortalError> {
    Ok((context.store.read().mobile_ids(user).await?, context.clock.now()))
}
