//! Requests to recover encryption keys, for operators and administrators.

use serde::de::IgnoredAny;
use shared::api::{DecideRecovery, RecoveryRequest};
use shared::url::admin;
use uuid::Uuid;

use super::Failure;

/// The pending ones first, then the newest that were decided.
pub async fn requests() -> Result<Vec<RecoveryRequest>, Failure> {
    super::get(admin::RECOVERIES, None).await
}

pub async fn decide(id: Uuid, decision: &DecideRecovery) -> Result<(), Failure> {
    super::post::<IgnoredAny>(&admin::recovery_decision(id), None, decision)
        .await
        .map(drop)
}
