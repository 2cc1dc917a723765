//! The user's mobile IDs, and what is done with them.

use shared::api::{LockMobileId, MobileId, MobileIdSummary, MobileIdTest};
use shared::url::api;
use uuid::Uuid;

use super::{Failure, Method};

/// Newest first.
pub async fn list() -> Result<Vec<MobileIdSummary>, Failure> {
    super::get(api::MOBILE_IDS, None).await
}

pub async fn lookup(id: Uuid) -> Result<MobileId, Failure> {
    super::get(&api::mobile_id(id), None).await
}

/// What its owner does with a mobile ID.
pub enum Change {
    /// For good.
    Lock(LockMobileId),
    Pause,
    Resume,
    /// Out of the list.
    Delete,
}

/// The mobile ID as it is then; `None` where it is deleted.
pub async fn change(id: Uuid, change: Change) -> Result<Option<MobileId>, Failure> {
    let (method, address) = match &change {
        Change::Lock(_) => (Method::POST, api::mobile_id_lock(id)),
        Change::Pause => (Method::POST, api::mobile_id_pause(id)),
        Change::Resume => (Method::POST, api::mobile_id_resume(id)),
        Change::Delete => (Method::DELETE, api::mobile_id(id)),
    };
    let body = match change {
        // The wire type has text keys only, so it always becomes JSON.
        Change::Lock(lock) => serde_json::to_string(&lock).ok(),
        Change::Pause | Change::Resume | Change::Delete => None,
    };
    super::read(&super::send(method, &address, None, body).await?)
}

/// The newest test, or the one that begins now; `None` where there was none yet.
pub async fn test(id: Uuid, begins: bool) -> Result<Option<MobileIdTest>, Failure> {
    let method = if begins { Method::POST } else { Method::GET };
    super::read(&super::send(method, &api::mobile_id_test(id), None, None).await?)
}
