//! The button behind a link in a mail: cancels the process whose code the mail carried, or locks the mobile ID that it
//! told of. Whoever presses twice is answered alike.

use shared::api::{Actor, EncryptionFate, Ending, LockReason};

use super::{Context, MailLinkError, MailLinkSeen, device, lifecycle, mail_links, transition};
use crate::domain::{
    mail_link::{Kind, MailLink},
    mobile_id::Outcome,
    secret::Hash,
};

pub async fn run(context: &Context, token: &str) -> Result<MailLinkSeen, MailLinkError> {
    let (hash, link) = mail_links::find(context, token).await?;
    match link.kind {
        // Boxed: the futures are large, because of all that an end or a lock may have to do.
        Kind::NotMe => Box::pin(disown(context, hash, &link)).await?,
        Kind::Lock => Box::pin(lock(context, hash, &link)).await?,
    }
    mail_links::see(context, hash).await
}

/// Where nothing is left to cancel, nothing happens.
async fn disown(context: &Context, hash: Hash, link: &MailLink) -> Result<(), MailLinkError> {
    let held = device::hold(context, link.process).await?;
    let now = context.clock.now();
    let Ok(process) = held.process.cancel(Ending::DisownedByMail, now) else {
        return Ok(());
    };
    if !held.transaction.use_mail_link(hash, now).await? {
        return Ok(());
    }
    let record = transition::end_record(&process, Actor::User, now);
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    Ok(())
}

/// Where nothing is left to lock, nothing happens.
async fn lock(context: &Context, hash: Hash, link: &MailLink) -> Result<(), MailLinkError> {
    let now = context.clock.now();
    let transaction = context.store.begin().await?;
    // First, so that a second click waits here for the first one.
    if !transaction.use_mail_link(hash, now).await? {
        return Ok(());
    }
    let found = match link.mobile_id {
        Some(id) => transaction.mobile_id_to_change(id).await?,
        None => None,
    };
    let locked =
        found.map(|mobile_id| mobile_id.lock(LockReason::DisownedByMail, EncryptionFate::Revoke, now));
    let Some(Ok(Outcome::Changed(locked))) = locked else {
        return Ok(());
    };
    let record = lifecycle::write(&transaction, &locked, Actor::User, now).await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(locked.process);
    Ok(())
}
