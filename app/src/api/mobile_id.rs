//! The user's mobile IDs, and what is done with them.

use serde::Serialize;
use shared::api::{LockMobileId, LockReason, MobileId, MobileIdSummary, MobileIdTest};
use shared::url::api;
use uuid::Uuid;

use super::{Failure, Nothing};

/// Newest first.
pub async fn list() -> Result<Vec<MobileIdSummary>, Failure> {
    super::get(api::MOBILE_IDS, None).await
}

pub async fn lookup(id: Uuid) -> Result<MobileId, Failure> {
    super::get(&api::mobile_id(id), None).await
}

/// For good.
pub async fn lock(id: Uuid, reason: LockReason) -> Result<MobileId, Failure> {
    post(&api::mobile_id_lock(id), &LockMobileId { reason }).await
}

pub async fn pause(id: Uuid) -> Result<MobileId, Failure> {
    post(&api::mobile_id_pause(id), &Nothing {}).await
}

pub async fn resume(id: Uuid) -> Result<MobileId, Failure> {
    post(&api::mobile_id_resume(id), &Nothing {}).await
}

async fn post(url: &str, body: &impl Serialize) -> Result<MobileId, Failure> {
    super::post(url, None, body).await
}

/// Out of the list.
pub async fn delete(id: Uuid) -> Result<(), Failure> {
    super::delete(&api::mobile_id(id)).await
}

pub async fn begin_test(id: Uuid) -> Result<MobileIdTest, Failure> {
    super::post(&api::mobile_id_test(id), None, &Nothing {}).await
}

/// `None` where there was no test yet.
pub async fn newest_test(id: Uuid) -> Result<Option<MobileIdTest>, Failure> {
    super::get(&api::mobile_id_test(id), None).await
}
