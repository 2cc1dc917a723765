//! The button behind a link in a mail: cancels the process whose code the mail carried, or locks the mobile ID that it
//! told of. Whoever presses twice is answered alike.

use shared::api::{Actor, Ending, Event};

use super::{Context, MailLinkError, MailLinkSeen, device, mail_links, transition};
use crate::domain::{
    audit::Record,
    mail_link::{Kind, MailLink},
    mobile_id::RevocationReason,
    secret::Hash,
};

pub async fn run(context: &Context, token: &str) -> Result<MailLinkSeen, MailLinkError> {
    let (hash, link) = mail_links::find(context, token).await?;
    match link.kind {
        Kind::NotMe => disown(context, hash, &link).await?,
        Kind::Lock => lock(context, hash, &link).await?,
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
        Some(id) => transaction.mobile_id(id).await?,
        None => None,
    };
    let Some(Ok(locked)) = found.map(|mobile_id| mobile_id.lock(now)) else {
        return Ok(());
    };
    transaction.save_mobile_id(&locked).await?;
    let revoked = transaction
        .revoke_certificates(locked.id, RevocationReason::KeyCompromise, now)
        .await?;
    let record = Record::new(now, Event::MobileIdLocked, Actor::User)
        .user(link.user)
        .process(link.process)
        .mobile_id(Some(locked.id))
        .detail(format!(
            "by the link in a mail; {revoked} certificates revoked, keyCompromise"
        ));
    transaction.append_audit(&record).await?;
    transaction.commit().await?;
    context.changes.ring(link.process);
    Ok(())
}
