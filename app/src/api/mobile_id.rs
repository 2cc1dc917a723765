//! The user's mobile IDs.

use shared::api::{MobileId, MobileIdSummary};
use shared::url::api;
use uuid::Uuid;

use super::Failure;

/// Newest first.
pub async fn list() -> Result<Vec<MobileIdSummary>, Failure> {
    super::get(api::MOBILE_IDS, None).await
}

pub async fn lookup(id: Uuid) -> Result<MobileId, Failure> {
    super::get(&api::mobile_id(id), None).await
}
