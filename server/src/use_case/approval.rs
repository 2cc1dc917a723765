//! A second person's approval of a recovery: asked for, waited for, and heard before anything is sealed. Whoever
//! writes here holds the process's row.

use shared::api::{Actor, ApprovalState, Event};
use time::OffsetDateTime;

use super::{Context, PortalError};
use crate::{
    chance,
    domain::{
        audit::Record,
        process::Process,
        recovery_request::{MOST_REQUESTS, RecoveryRequest},
        user::{Right, User},
    },
    store::{Book, Result, Transaction},
};

/// Whether the process may go on: nothing is recovered, nobody has to approve, or somebody has. Else the request is
/// there, made now or before. What waited for another choice lapses either way.
pub async fn is_given(
    context: &Context,
    transaction: &Transaction,
    process: &Process,
    user: &User,
    now: OffsetDateTime,
) -> std::result::Result<bool, PortalError> {
    if process.plan.recovery.is_none() {
        return Ok(true);
    }
    if stands(transaction, process, now).await? {
        transaction.lapse_recovery_request(process.id).await?;
        return Ok(true);
    }
    let serials = to_approve(process).unwrap_or_default();
    let requests = transaction.recovery_requests_of(process.id).await?;
    if requests.iter().any(|request| request.waits_for(serials, now)) {
        return Ok(false);
    }
    if requests.len() >= MOST_REQUESTS {
        // There are no more before this process is over.
        let wait = process.until().map_or(time::Duration::ZERO, |until| until - now);
        let seconds = u64::try_from(wait.whole_seconds()).unwrap_or_default() + 1;
        return Err(PortalError::RequestedTooOften { seconds });
    }
    let replaced = transaction.lapse_recovery_request(process.id).await?;
    let whose = (process.id, user.id);
    let request = RecoveryRequest::new(chance::id(), whose, serials, now, &context.limits);
    transaction.add_recovery_request(&request).await?;
    let instead = if replaced > 0 {
        ", in place of an earlier request"
    } else {
        ""
    };
    let record = Record::new(now, Event::RecoveryRequested, Actor::User)
        .user(user.id)
        .process(process.id)
        .detail(format!("{}{instead}", serials.join(", ")));
    transaction.append_audit(&record);
    Ok(false)
}

/// Whether what the process recovers may be recovered now. Asks nobody. An approval counts as long as its giver could
/// give it.
pub async fn stands(transaction: &Transaction, process: &Process, now: OffsetDateTime) -> Result<bool> {
    let Some(serials) = to_approve(process) else {
        return Ok(true);
    };
    let requests = transaction.recovery_requests_of(process.id).await?;
    let approvals = requests.iter().filter(|request| request.approves(serials, now));
    for decided in approvals.filter_map(|request| request.decided.as_ref()) {
        let by = transaction.user(decided.by).await?;
        if by.is_some_and(|by| by.refusal(Right::DecideRecovery).is_none()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The newest request of a process.
pub async fn seen(book: &Book, process: &Process) -> Result<Option<RecoveryRequest>> {
    if process
        .plan
        .recovery
        .as_ref()
        .is_none_or(|recovery| !recovery.needs_approval)
    {
        return Ok(None);
    }
    let requests = book.recovery_requests_of(process.id).await?;
    Ok(requests.into_iter().next())
}

/// Writes down that a request has lapsed because nobody decided on it in time; where somebody just has, or the process
/// has ended, nothing. Rings.
pub async fn lapse(context: &Context, over: &RecoveryRequest) -> Result<()> {
    let transaction = context.store.begin().await?;
    // Whoever decides on it at this moment is waited for, and so is a user who asks for something else in its place.
    transaction.process_to_change(over.process).await?;
    let found = transaction.recovery_request(over.id).await?;
    if found.is_none_or(|found| found.state != ApprovalState::Pending) {
        return Ok(());
    }
    transaction.lapse_recovery_request(over.process).await?;
    let record = Record::new(context.clock.now(), Event::RecoveryLapsed, Actor::System)
        .user(over.user)
        .process(over.process)
        .detail(over.serials.join(", "));
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(over.process);
    Ok(())
}

/// What a second person has to approve. `None`: nothing.
fn to_approve(process: &Process) -> Option<&[String]> {
    let recovery = process.plan.recovery.as_ref()?;
    let is_asked = recovery.needs_approval && !recovery.chosen.is_empty();
    is_asked.then_some(&recovery.chosen)
}
