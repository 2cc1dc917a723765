//! Next on the introduction, and New code: an activation code goes out, on the screen or by e-mail, and the one before
//! dies.

use shared::{
    api::{Actor, CodeDelivery, EncryptionFate, Event, LockReason, Purpose, Step},
    protocol::activation::Code,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Context, PortalError, ProcessSeen, approval, letters, lifecycle,
    portal::{self, Held},
    seen, transition,
};
use crate::{
    chance,
    domain::{
        audit::Record,
        limits::RECOVERY_WINDOW,
        mail::resend_at,
        mobile_id::{Outcome, Refusal},
        process::{Process, Stage},
        secret::Hash,
    },
    store::{StoreError, Transaction},
};

pub struct Shown {
    pub seen: ProcessSeen,
    /// Absent where the code went by e-mail, and where Next had been pressed already.
    pub code: Option<Codes>,
}

/// Both forms of one code. They exist here and on the screen, nowhere else.
#[derive(Debug)]
pub struct Codes {
    pub long: Code,
    pub short: Code,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish<'a> {
    Next(Choice<'a>),
    /// On the screen.
    NewCode,
    MailCode,
}

/// What goes with Next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice<'a> {
    /// The certificates, where the plan leaves a choice.
    pub certificates: Option<&'a [Purpose]>,
    /// The earlier encryption certificates to recover, where the plan has any.
    pub recover: Option<&'a [String]>,
    /// A mobile ID that is locked to make room.
    pub replace: Option<Replaced>,
}

/// Which one, why, and what becomes of its encryption certificate (`None`: as the reason says).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    pub mobile_id: Uuid,
    pub reason: LockReason,
    pub encryption: Option<EncryptionFate>,
}

/// Who pressed it, and where.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    pub user: Uuid,
    pub signed_in_at: OffsetDateTime,
    /// Such as "Firefox on Linux", for the mail.
    pub browser: &'a str,
}

pub async fn run(
    context: &Context,
    asker: Asker<'_>,
    process: Uuid,
    wish: Wish<'_>,
) -> Result<Shown, PortalError> {
    let mut held = portal::hold(context, asker.user, process).await?;
    let now = context.clock.now();
    match wish {
        Wish::Next(_) if held.process.state().is_final() => return Err(PortalError::Ended),
        Wish::Next(_) if !held.process.is_at(Step::Introduction) => {
            let Held {
                transaction,
                process,
                user,
            } = held;
            let seen = seen::process(context, &transaction, process, &user, asker.signed_in_at).await?;
            return Ok(Shown { seen, code: None });
        }
        Wish::Next(_) if !context.limits.is_fresh(asker.signed_in_at, now) => {
            return Err(PortalError::PasswordNeeded);
        }
        Wish::NewCode | Wish::MailCode if held.process.is_at(Step::Introduction) => {
            return Err(PortalError::NotNow);
        }
        // Whoever came to an open session must not lead keys to a phone of theirs.
        Wish::NewCode | Wish::MailCode
            if !held.process.plan.recovers().is_empty()
                && !context.limits.is_fresh_to_recover(asker.signed_in_at, now) =>
        {
            return Err(PortalError::PasswordNeeded);
        }
        Wish::Next(_) | Wish::NewCode | Wish::MailCode => {}
    }
    let mut replaced = None;
    if let Wish::Next(choice) = wish {
        held.process = choose(&held.transaction, held.process, choice).await?;
        if !held.process.plan.recovers().is_empty() {
            may_recover(context, &held, asker.signed_in_at, now).await?;
        }
        if !approval::is_given(context, &held.transaction, &held.process, &held.user, now).await? {
            // The choice alone is kept: what is to be replaced works on until the code goes out.
            held.transaction.commit().await?;
            context.changes.ring(held.process.id);
            let book = context.store.read();
            let seen = seen::process(context, &book, held.process, &held.user, asker.signed_in_at).await?;
            return Ok(Shown { seen, code: None });
        }
        if let Some(choice) = choice.replace {
            replaced = Some(replace(&held.transaction, &mut held.process, choice, now).await?);
        }
    }
    let is_mailed = match wish {
        Wish::Next(_) => held.process.plan.delivery == CodeDelivery::Mail,
        Wish::NewCode => false,
        Wish::MailCode => true,
    };
    let user = held.user.clone();
    let (process, code) = if is_mailed {
        (mail(context, held, asker.browser, now).await?, None)
    } else {
        let (process, codes) = show(context, held, now).await?;
        (process, Some(codes))
    };
    if let Some(made_by) = replaced {
        context.changes.ring(made_by);
    }
    let book = context.store.read();
    let seen = seen::process(context, &book, process, &user, asker.signed_in_at).await?;
    Ok(Shown { seen, code })
}

/// What was chosen is kept while somebody has to approve, and undone where no code goes out for another reason.
async fn choose(
    transaction: &Transaction,
    process: Process,
    choice: Choice<'_>,
) -> Result<Process, PortalError> {
    let process = process.choose(choice.certificates)?.recover(choice.recover)?;
    if choice.certificates.is_some() || choice.recover.is_some() {
        transaction.save_choice(&process).await?;
    }
    Ok(process)
}

/// The user is at the keyboard, and has not recovered keys too often.
async fn may_recover(
    context: &Context,
    held: &Held,
    signed_in_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), PortalError> {
    if !context.limits.is_fresh_to_recover(signed_in_at, now) {
        return Err(PortalError::PasswordNeeded);
    }
    let since = now - RECOVERY_WINDOW;
    let recovered = held.transaction.recoveries_since(held.user.id, since).await?;
    let Some(wait) = context.limits.recovery_wait(&recovered, now) else {
        return Ok(());
    };
    let seconds = u64::try_from(wait.whole_seconds()).unwrap_or_default() + 1;
    Err(PortalError::RecoveredTooOften { seconds })
}

/// Gives the process that made the mobile ID which is replaced. Undone where no code goes out.
async fn replace(
    transaction: &Transaction,
    process: &mut Process,
    choice: Replaced,
    now: OffsetDateTime,
) -> Result<Uuid, PortalError> {
    let how = (lifecycle::chosen(choice.reason)?, choice.encryption);
    let mobile_id = lifecycle::take(transaction, process.user, choice.mobile_id).await?;
    let Outcome::Changed(locked) = lifecycle::lock(transaction, mobile_id, how, now).await? else {
        return Err(Refusal::Ended.into());
    };
    process.replaced = Some(locked.id);
    transaction.save_choice(process).await?;
    let record = lifecycle::write(transaction, &locked, Actor::User, now).await?;
    transaction.append_audit(&record);
    Ok(locked.process)
}

async fn show(context: &Context, held: Held, now: OffsetDateTime) -> Result<(Process, Codes), PortalError> {
    let process = held.process.show_code(now, &context.limits)?;
    // What waits in the outbox since before is dead.
    held.transaction.cancel_mails(process.id).await?;
    let codes = draw(&held.transaction).await?;
    let hashes = [&codes.long, &codes.short].map(|code| Hash(code.hash()));
    let number = number(&process);
    held.transaction
        .add_activation_codes(process.id, number, &hashes)
        .await?;
    let record = Record::new(now, Event::CodeShown, Actor::User).detail(number.to_string());
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    Ok((process, codes))
}

/// The mail carries the link alone, so the code has no short form that somebody could guess.
async fn mail(
    context: &Context,
    held: Held,
    browser: &str,
    now: OffsetDateTime,
) -> Result<Process, PortalError> {
    let Held {
        transaction,
        process,
        user,
    } = held;
    let code = Code::Long(chance::octets()?);
    let until = now + process.code_ttl(true, &context.limits);
    // Says what stands in the way before it says how long to wait.
    process.clone().mail_code(Uuid::nil(), now, &context.limits)?;
    letters::reach(context, &user)?;
    let mailed = transaction.codes_mailed(user.id).await?;
    if let Some(at) = resend_at(process.id, &mailed).filter(|at| *at > now) {
        let seconds = u64::try_from((at - now).whole_seconds()).unwrap_or_default() + 1;
        return Err(PortalError::MailedTooOften { seconds });
    }
    let (mail, not_me) = letters::code(context, &process, &user, &code, browser, (now, until))?;
    let process = process.mail_code(mail.mail.id, now, &context.limits)?;
    transaction.cancel_mails(process.id).await?;
    let number = number(&process);
    transaction
        .add_activation_codes(process.id, number, &[Hash(code.hash())])
        .await?;
    transaction.add_mail(&mail).await?;
    transaction.add_mail_link(&not_me).await?;
    let record = Record::new(now, Event::CodeMailed, Actor::User).detail(number.to_string());
    transition::commit(context, transaction, &process, &user, record).await?;
    Ok(process)
}

/// A short code of 40 bits can, once in a very long while, have been used before: then chance is asked again.
async fn draw(transaction: &Transaction) -> Result<Codes, PortalError> {
    for _ in 0..3 {
        let codes = Codes {
            long: Code::Long(chance::octets()?),
            short: Code::short_from_random(chance::octets()?),
        };
        let short = Hash(codes.short.hash());
        if transaction.activation_code(short).await?.is_none() {
            return Ok(codes);
        }
    }
    Err(PortalError::Store(StoreError::Damaged {
        table: "activation_code",
    }))
}

fn number(process: &Process) -> u32 {
    match &process.stage {
        Stage::Open(open) => open.code_number,
        _ => 0,
    }
}
