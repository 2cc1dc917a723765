//! A second person approves or refuses that keys are recovered. The user's dialog sees it at once, and a mail tells
//! them, where one can.

use shared::{
    api::{Actor, ApprovalState, Decision, Event},
    problem::Code,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Context, DeviceError, device, letters,
    recoveries::{self, RecoverySeen},
};
use crate::{
    domain::{
        audit::Record,
        recovery_request::{RecoveryRequest, Refusal},
        user::{Right, User},
    },
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum DecideRecoveryError {
    #[error("there is no such request")]
    NotFound,
    /// As the database has them now: a role may have been taken away since the request came in.
    #[error("this person may not decide: {}", .0.as_str())]
    MayNot(Code),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the process cannot be taken up")]
    Process(#[from] DeviceError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub async fn run(
    context: &Context,
    by: Uuid,
    request: Uuid,
    decision: Decision,
    reason: &str,
) -> Result<RecoverySeen, DecideRecoveryError> {
    // Outside of the transaction: whose process it is never changes.
    let found = context.store.read().recovery_request(request).await?;
    let process = found.ok_or(DecideRecoveryError::NotFound)?.process;
    // Whoever else decides, and the user who goes on without it, is waited for. Where the process has ended, its request
    // has lapsed.
    let held = device::hold(context, process).await?;
    let transaction = &held.transaction;
    let now = context.clock.now();
    let by = transaction.user(by).await?.ok_or(DecideRecoveryError::NotFound)?;
    if let Some(code) = by.refusal(Right::DecideRecovery) {
        return Err(DecideRecoveryError::MayNot(code));
    }
    let request = transaction.recovery_request(request).await?;
    let request = request.ok_or(DecideRecoveryError::NotFound)?;
    let request = request.decide(decision, by.id, reason, now, &context.limits)?;
    transaction.save_recovery_request(&request).await?;
    letters::decided(context, transaction, &request, (&held.process, &held.user), now).await?;
    transaction.append_audit(&record(&request, &by, now));
    held.transaction.commit().await?;
    context.changes.ring(process);
    if let Some(mailer) = &context.mail {
        mailer.ring();
    }
    let seen = recoveries::see(context, by.id, vec![(request, held.user)]).await?;
    seen.into_iter().next().ok_or(DecideRecoveryError::NotFound)
}

/// Of whom it is, by whom, and why.
fn record(request: &RecoveryRequest, by: &User, now: OffsetDateTime) -> Record {
    let event = match request.state {
        ApprovalState::Approved => Event::RecoveryApproved,
        _ => Event::RecoveryRefused,
    };
    let reason = request.decided.as_ref().map(|decided| decided.reason.as_str());
    let detail = format!(
        "by {}: {}; {}",
        by.user_name,
        reason.unwrap_or_default(),
        request.serials.join(", ")
    );
    Record::new(now, event, Actor::Administrator)
        .user(request.user)
        .process(request.process)
        .detail(detail)
}
