//! Next on the introduction, and New code: an activation code goes out, and the one before dies.

use shared::{
    api::{Actor, Event, Purpose, Step},
    protocol::activation::Code,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError, ProcessSeen, portal, seen, transition};
use crate::{
    chance,
    domain::{
        audit::Record,
        process::{Process, Stage},
        secret::Hash,
    },
    store::{StoreError, Transaction},
};

/// Both forms of one code. They exist here and on the screen, nowhere else.
pub struct Shown {
    pub seen: ProcessSeen,
    /// Absent where Next had been pressed already.
    pub code: Option<Codes>,
}

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
    NewCode,
}

pub async fn run(
    context: &Context,
    user: Uuid,
    process: Uuid,
    wish: Wish<'_>,
    signed_in_at: OffsetDateTime,
) -> Result<Shown, PortalError> {
    let held = portal::hold(context, user, process).await?;
    let now = context.clock.now();
    match wish {
        Wish::Next(_) if held.process.state().is_final() => return Err(PortalError::Ended),
        Wish::Next(_) if !held.process.is_at(Step::Introduction) => {
            let seen = seen::process(context, held.process, signed_in_at).await?;
            return Ok(Shown { seen, code: None });
        }
        Wish::Next(_) if !context.limits.is_fresh(signed_in_at, now) => {
            return Err(PortalError::PasswordNeeded);
        }
        Wish::NewCode if held.process.is_at(Step::Introduction) => return Err(PortalError::NotNow),
        Wish::Next(_) | Wish::NewCode => {}
    }
    let process = match wish {
        Wish::Next(Some(chosen)) => choose(&held.transaction, held.process, chosen).await?,
        Wish::Next(None) | Wish::NewCode => held.process,
    };
    let process = process.show_code(now, &context.limits)?;
    let codes = add_codes(&held.transaction, &process).await?;
    let detail = number(&process).to_string();
    let record = Record::new(now, Event::CodeShown, Actor::User).detail(detail);
    transition::commit(context, held.transaction, &process, record).await?;
    let seen = seen::process(context, process, signed_in_at).await?;
    Ok(Shown {
        seen,
        code: Some(codes),
    })
}

async fn choose(
    transaction: &Transaction,
    process: Process,
    chosen: &[Purpose],
) -> Result<Process, PortalError> {
    let process = process.choose(Some(chosen))?;
    transaction.save_plan(&process).await?;
    Ok(process)
}

/// A short code of 40 bits can, once in a very long while, have been used before: then chance is asked again.
async fn add_codes(transaction: &Transaction, process: &Process) -> Result<Codes, PortalError> {
    for _ in 0..3 {
        let codes = Codes {
            long: Code::Long(chance::octets()?),
            short: Code::short_from_random(chance::octets()?),
        };
        let hashes = [Hash(codes.long.hash()), Hash(codes.short.hash())];
        if transaction.activation_code(hashes[1]).await?.is_none() {
            transaction
                .add_activation_codes(process.id, number(process), hashes)
                .await?;
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
