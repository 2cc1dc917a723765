//! One mobile ID of the signed-in user, with certificates and history.

use uuid::Uuid;

use super::{Context, MobileIdSeen, PortalError, seen};

pub async fn run(context: &Context, user: Uuid, mobile_id: Uuid) -> Result<MobileIdSeen, PortalError> {
    let found = context.store.read().mobile_id(mobile_id).await?;
    let found = found
        .filter(|found| found.user == user && found.deleted_at.is_none())
        .ok_or(PortalError::NotFound)?;
    Ok(seen::mobile_id(context, found).await?)
}
