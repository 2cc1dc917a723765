//! The mails that use cases write about a process: to whom, in which language, with which links. They are added to
//! the outbox in the transaction of what they tell of.

use std::sync::Arc;

use shared::{
    api::ApprovalState,
    protocol::{self, activation::Code},
    url::page,
};
use time::OffsetDateTime;

use super::{Context, PortalError};
use crate::{
    chance::{self, NoChance},
    domain::{
        mail::{Concerns, NewMail},
        mail_link::MailLink,
        mobile_id::MobileId,
        options::NoDelivery,
        process::{Process, Stage},
        recovery_request::RecoveryRequest,
        secret::Hash,
        user::User,
    },
    mail::{self, ActivationCode, Content, Created, Letter, Mailer, NotCreated, RecoveryDecided, WriteError},
    store::{Result, StoreError, Transaction},
};

/// Where a mail to this user would go. One that no mail can be sent to counts as none.
pub fn address(user: &User) -> Option<&str> {
    let address = user.email.as_deref()?;
    mail::is_address(address).then_some(address)
}

/// The same, where this installation sends mail at all.
pub fn reach<'a>(
    context: &'a Context,
    user: &'a User,
) -> std::result::Result<(&'a Arc<Mailer>, &'a str), NoDelivery> {
    let address = address(user).ok_or(NoDelivery::AddressMissing)?;
    let mailer = context.mail.as_ref().ok_or(NoDelivery::MailUnavailable)?;
    Ok((mailer, address))
}

/// A secret for a link, and what is stored of it.
fn token() -> std::result::Result<(String, Hash), NoChance> {
    let octets: [u8; 32] = chance::octets()?;
    Ok((protocol::encode(&octets), Hash::of(&octets)))
}

/// The mail with an activation code, and its link "This was not me". `until`: how long the code lives.
pub fn code(
    context: &Context,
    process: &Process,
    user: &User,
    code: &Code,
    browser: &str,
    (now, until): (OffsetDateTime, OffsetDateTime),
) -> std::result::Result<(NewMail, MailLink), PortalError> {
    let (mailer, address) = reach(context, user)?;
    let (token, hash) = token()?;
    let words = Content::ActivationCode(ActivationCode {
        name: user.display_name.clone(),
        link: page::activation_link(mailer.public_url(), &code.text()),
        until,
        asked_at: now,
        browser: browser.to_owned(),
        not_me_link: page::mail_link(mailer.public_url(), &token),
    });
    let letter = Letter {
        useless_after: Some(until),
        ..letter(user, address, process, words)
    };
    let link = MailLink::not_me(hash, process, browser, now);
    Ok((mailer.write(&letter, now)?, link))
}

/// Tells the user of an end. Where that cannot be written, the end stands all the same, and the log has it.
pub async fn tell(
    context: &Context,
    transaction: &Transaction,
    process: &Process,
    user: &User,
    now: OffsetDateTime,
) -> Result<()> {
    let Ok((mailer, address)) = reach(context, user) else {
        return Ok(());
    };
    let written = match &process.stage {
        Stage::Completed(completed) => {
            let found = transaction.mobile_id(completed.mobile_id).await?;
            let mobile_id = found.ok_or(StoreError::Damaged { table: "mobile_id" })?;
            let recovered = transaction.count_recovered(mobile_id.id).await?;
            created(mailer, address, process, user, (&mobile_id, recovered), now)
        }
        Stage::Ended(ended) => {
            let recovered = match ended.mobile_id {
                Some(mobile_id) => transaction.count_recovered(mobile_id).await?,
                None => 0,
            };
            let words = Content::NotCreated(NotCreated {
                name: user.display_name.clone(),
                at: now,
                ending: ended.ending,
                replaced_phone: replaced_phone(transaction, process).await?,
                archived: ended.mobile_id.is_some() && process.plan.makes_encryption_key(),
                recovered,
                retry_link: page::absolute(mailer.public_url(), page::DASHBOARD),
            });
            let letter = letter(user, address, process, words);
            mailer.write(&letter, now).map(|mail| (mail, None))
        }
        _ => return Ok(()),
    };
    match written {
        Ok((mail, link)) => {
            transaction.add_mail(&mail).await?;
            if let Some(link) = link {
                transaction.add_mail_link(&link).await?;
            }
        }
        Err(error) => {
            tracing::warn!(process = %process.id, %error, "the user cannot be told by e-mail how it ended");
        }
    }
    Ok(())
}

/// Tells the user what a second person said of a recovery. Where that cannot be written, the log has it.
pub async fn decided(
    context: &Context,
    transaction: &Transaction,
    request: &RecoveryRequest,
    (process, user): (&Process, &User),
    now: OffsetDateTime,
) -> Result<()> {
    let (Ok((mailer, address)), Some(decided)) = (reach(context, user), &request.decided) else {
        return Ok(());
    };
    let words = RecoveryDecided {
        name: user.display_name.clone(),
        at: decided.at,
        reason: decided.reason.clone(),
        until: request.expires_at,
        portal_link: page::absolute(mailer.public_url(), page::DASHBOARD),
    };
    let is_approved = request.state == ApprovalState::Approved;
    let words = if is_approved {
        Content::RecoveryApproved(words)
    } else {
        Content::RecoveryRefused(words)
    };
    let letter = Letter {
        useless_after: is_approved.then_some(request.expires_at),
        ..letter(user, address, process, words)
    };
    match mailer.write(&letter, now) {
        Ok(mail) => transaction.add_mail(&mail).await?,
        Err(error) => {
            tracing::warn!(request = %request.id, %error, "the user cannot be told by e-mail what was decided");
        }
    }
    Ok(())
}

/// Where the earlier mobile ID is that this process locked.
async fn replaced_phone(transaction: &Transaction, process: &Process) -> Result<Option<String>> {
    let Some(id) = process.replaced else {
        return Ok(None);
    };
    let found = transaction.mobile_id(id).await?;
    Ok(found.map(|mobile_id| mobile_id.phone))
}

fn created(
    mailer: &Mailer,
    address: &str,
    process: &Process,
    user: &User,
    (mobile_id, recovered): (&MobileId, usize),
    now: OffsetDateTime,
) -> std::result::Result<(NewMail, Option<MailLink>), WriteError> {
    let (token, hash) = token()?;
    let words = Content::Created(Created {
        name: user.display_name.clone(),
        profile: mobile_id.name.clone(),
        phone: mobile_id.phone.clone(),
        at: now,
        valid_until: mobile_id.valid_until,
        archived: process.plan.makes_encryption_key(),
        recovered,
        lock_link: page::mail_link(mailer.public_url(), &token),
    });
    let mail = mailer.write(&letter(user, address, process, words), now)?;
    Ok((mail, Some(MailLink::lock(hash, mobile_id, now))))
}

fn letter(user: &User, address: &str, process: &Process, content: Content) -> Letter {
    Letter {
        to_name: user.display_name.clone(),
        to_address: address.to_owned(),
        language: user.language.unwrap_or_default(),
        content,
        concerns: Concerns {
            user: Some(user.id),
            process: Some(process.id),
            mobile_id: process.mobile_id(),
        },
        useless_after: None,
    }
}
