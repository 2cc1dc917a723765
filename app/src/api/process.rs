//! The process Get mobile ID: start, look, next, new code, cancel.

use shared::api::{
    CancelProcess, Dashboard, NextStep, ProcessKind, ProcessView, Purpose, Replace, StartProcess, Step,
};
use shared::url::api;
use uuid::Uuid;

use super::{Failure, Nothing};

pub async fn dashboard() -> Result<Dashboard, Failure> {
    super::get(api::DASHBOARD, None).await
}

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

/// Next at the introduction; `chosen`: the certificates, where there was a choice; `replace`: the mobile ID to lock.
pub async fn begin(
    id: Uuid,
    step: Step,
    chosen: Option<Vec<Purpose>>,
    replace: Option<Replace>,
) -> Result<ProcessView, Failure> {
    next(
        id,
        NextStep {
            step,
            pairing_code: None,
            certificates: chosen,
            replace,
        },
    )
    .await
}

/// Next with the pairing code.
pub async fn confirm(id: Uuid, step: Step, pairing_code: String) -> Result<ProcessView, Failure> {
    next(
        id,
        NextStep {
            step,
            pairing_code: Some(pairing_code),
            certificates: None,
            replace: None,
        },
    )
    .await
}

async fn next(id: Uuid, next: NextStep) -> Result<ProcessView, Failure> {
    super::post(&api::process_next(id), None, &next).await
}

/// A new activation code; its answer is the only one that carries it.
pub async fn new_code(id: Uuid) -> Result<ProcessView, Failure> {
    super::post(&api::process_code(id), None, &Nothing {}).await
}

/// A new activation code by e-mail.
pub async fn mail_code(id: Uuid) -> Result<ProcessView, Failure> {
    super::post(&api::process_mail(id), None, &Nothing {}).await
}

pub async fn cancel(id: Uuid, not_my_phone: bool) -> Result<ProcessView, Failure> {
    super::post(&api::process_cancel(id), None, &CancelProcess { not_my_phone }).await
}
