//! What every change of a process shares: writing the new stage with all that hangs on it, in one transaction.

use shared::api::{Actor, Ending, Event, MobileIdState, ProcessState, Purpose};
use time::OffsetDateTime;

use super::{Context, letters};
use crate::{
    domain::{
        audit::Record,
        mobile_id::RevocationReason,
        process::{Process, Stage},
        user::{Right, User},
    },
    store::{Result, Transaction},
};

/// A process as it is now, after time and the user's state were heard.
pub enum Settled {
    Live(Process),
    /// Ended just now by the passing of time or because the user is active no more: stored, to be committed.
    Ended(Process),
}

/// Stores a transition, commits, and only then rings for those who wait.
pub async fn commit(
    context: &Context,
    transaction: Transaction,
    process: &Process,
    user: &User,
    record: Record,
) -> Result<()> {
    store(context, &transaction, process, user, record).await?;
    transaction.commit().await?;
    ring(context, process);
    Ok(())
}

/// After the commit of a change: for pages and phones, and for the mail worker where a mail may have been written.
pub fn ring(context: &Context, process: &Process) {
    context.changes.ring(process.id);
    let may_have_mail = match &process.stage {
        Stage::Open(open) => open.mail.is_some(),
        Stage::Completed(_) | Stage::Ended(_) => true,
        _ => false,
    };
    if let (true, Some(mailer)) = (may_have_mail, &context.mail) {
        mailer.ring();
    }
}

/// Writes the process and one audit record, which learns here whom it concerns. Where the process has ended after
/// certificates were issued, revokes them and leaves the mobile ID `registered` with the reason: no orphans,
/// whatever ended it. A code that is dead is mailed no more, nobody approves what it would have
/// recovered, and of an end the user is told as the options say.
pub async fn store(
    context: &Context,
    transaction: &Transaction,
    process: &Process,
    user: &User,
    record: Record,
) -> Result<()> {
    let now = record.at;
    if matches!(process.stage, Stage::Ended(_)) {
        transaction.cancel_mails(process.id).await?;
        transaction.lapse_recovery_request(process.id).await?;
    }
    transaction.save_process(process).await?;
    let record = record
        .user(process.user)
        .process(process.id)
        .mobile_id(process.mobile_id());
    // The books before the log: see `lifecycle`.
    let withdrawn = match (&process.stage, process.mobile_id()) {
        (Stage::Ended(ended), Some(mobile_id)) => {
            withdraw(transaction, process, ended.ending, mobile_id, now).await?
        }
        _ => None,
    };
    transaction.append_audit(&record);
    if let Some(record) = withdrawn {
        transaction.append_audit(&record);
    }
    if process.is_told() {
        Box::pin(letters::tell(context, transaction, process, user, now)).await?;
    }
    Ok(())
}

/// `None` where nothing was left to revoke.
async fn withdraw(
    transaction: &Transaction,
    process: &Process,
    ending: Ending,
    mobile_id: uuid::Uuid,
    now: OffsetDateTime,
) -> Result<Option<Record>> {
    if let Some(found) = transaction.mobile_id_to_change(mobile_id).await?
        && found.state == MobileIdState::Registered
    {
        transaction
            .save_mobile_id(&found.leave_registered(ending))
            .await?;
    }
    transaction.delete_sealed_keys(mobile_id).await?;
    let revoked = transaction
        .revoke_certificates(
            mobile_id,
            &Purpose::ALL,
            RevocationReason::CessationOfOperation,
            now,
        )
        .await?;
    let record = Record::new(now, Event::CertificatesRevoked, Actor::System)
        .user(process.user)
        .process(process.id)
        .mobile_id(Some(mobile_id))
        .detail(format!("{revoked} certificates, cessationOfOperation"));
    Ok((revoked > 0).then_some(record))
}

/// Hears time and the user's state before anything else is done to a process.
pub async fn settle(
    context: &Context,
    transaction: &Transaction,
    process: Process,
    user: &User,
    now: OffsetDateTime,
) -> Result<Settled> {
    let ended = if process.is_over(now) {
        process.lapse(now)
    } else if user.refusal(Right::GetMobileId).is_none() || process.state().is_final() {
        return Ok(Settled::Live(process));
    } else {
        process.fail(Ending::UserNotActive, now)
    };
    let record = end_record(&ended, Actor::System, now);
    store(context, transaction, &ended, user, record).await?;
    Ok(Settled::Ended(ended))
}

/// What the audit log says of an end: which, and why, as one word.
pub fn end_record(process: &Process, by: Actor, now: OffsetDateTime) -> Record {
    let event = match process.state() {
        ProcessState::Completed => Event::ProcessCompleted,
        ProcessState::Cancelled => Event::ProcessCancelled,
        ProcessState::Expired => Event::ProcessExpired,
        _ => Event::ProcessFailed,
    };
    let why = process.ending().map(|ending| format!("{ending:?}"));
    Record::new(now, event, by).detail(why.unwrap_or_default())
}
