//! Next on the introduction, and New code: an activation code goes out, on the screen or by e-mail, and the one before
//! dies.

use shared::{
    api::{Actor, CodeDelivery, Event, Purpose, Step},
    protocol::activation::Code,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Context, PortalError, ProcessSeen, letters,
    portal::{self, Held},
    seen, transition,
};
use crate::{
    chance,
    domain::{
        audit::Record,
        mail::resend_at,
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
    /// With the certificates that were chosen, where there was a choice.
    Next(Option<&'a [Purpose]>),
    /// On the screen.
    NewCode,
    MailCode,
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
            let seen = seen::process(context, held.process, asker.signed_in_at).await?;
            return Ok(Shown { seen, code: None });
        }
        Wish::Next(_) if !context.limits.is_fresh(asker.signed_in_at, now) => {
            return Err(PortalError::PasswordNeeded);
        }
        Wish::NewCode | Wish::MailCode if held.process.is_at(Step::Introduction) => {
            return Err(PortalError::NotNow);
        }
        Wish::Next(_) | Wish::NewCode | Wish::MailCode => {}
    }
    if let Wish::Next(Some(chosen)) = wish {
        held.process = choose(&held.transaction, held.process, chosen).await?;
    }
    let is_mailed = match wish {
        Wish::Next(_) => held.process.plan.delivery == CodeDelivery::Mail,
        Wish::NewCode => false,
        Wish::MailCode => true,
    };
    let (process, code) = if is_mailed {
        (mail(context, held, asker.browser, now).await?, None)
    } else {
        let (process, codes) = show(context, held, now).await?;
        (process, Some(codes))
    };
    let seen = seen::process(context, process, asker.signed_in_at).await?;
    Ok(Shown { seen, code })
}

async fn choose(
    transaction: &Transaction,
    process: Process,
    chosen: &[Purpose],
) -> Result<Process, PortalError> {
    let process = process.choose(Some(chosen))?;
    transaction.save_choice(&process).await?;
    Ok(process)
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
