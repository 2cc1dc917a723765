//! The process Get mobile ID: start, look, next, new code, cancel.

use serde::Serialize;
use shared::api::{CancelProcess, Dashboard, NextStep, ProcessKind, ProcessView, StartProcess, Step};
use shared::url::api;
use uuid::Uuid;

use super::Failure;

pub async fn dashboard() -> Result<Dashboard, Failure> {
    super::get(api::DASHBOARD, None).await
}

/// The empty object.
#[derive(Serialize)]
struct Nothing {}

/// The user's open process where there is one already.
pub async fn start() -> Result<ProcessView, Failure> {
    super::post(
        api::PROCESSES,
        None,
        &StartProcess {
            kind: ProcessKind::GetMobileId,
        },
    )
    .await
}

pub async fn look(id: Uuid) -> Result<ProcessView, Failure> {
    super::get(&api::process(id), None).await
}

pub async fn next(id: Uuid, step: Step, pairing_code: Option<String>) -> Result<ProcessView, Failure> {
    super::post(
        &api::process_next(id),
        None,
        &NextStep {
            step,
            pairing_code,
            certificates: None,
        },
    )
    .await
}

/// A new activation code; its answer is the only one that carries it.
pub async fn new_code(id: Uuid) -> Result<ProcessView, Failure> {
    super::post(&api::process_code(id), None, &Nothing {}).await
}

pub async fn cancel(id: Uuid, not_my_phone: bool) -> Result<ProcessView, Failure> {
    super::post(&api::process_cancel(id), None, &CancelProcess { not_my_phone }).await
}
