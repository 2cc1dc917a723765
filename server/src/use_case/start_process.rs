//! Start Get mobile ID, or take up the one that is open: a double click and a second tab get the same process.

use shared::api::{Actor, Event};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError, ProcessSeen, options, portal, seen};
use crate::{
    chance,
    domain::{audit::Record, process::Process, user::User},
    store::StoreError,
};

pub async fn run(
    context: &Context,
    user: Uuid,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen, PortalError> {
    let (process, user) = match open(context, user).await? {
        Some(open) => open,
        None => match start(context, user).await {
            // Another window was faster: its process is the one.
            Err(PortalError::Store(StoreError::Duplicate(_))) => {
                open(context, user).await?.ok_or(PortalError::NotNow)?
            }
            started => started?,
        },
    };
    let book = context.store.read();
    Ok(seen::process(context, &book, process, &user, signed_in_at).await?)
}

/// The open process, if time and the user's state have not ended it.
async fn open(context: &Context, user: Uuid) -> Result<Option<(Process, User)>, PortalError> {
    let Some(open) = context.store.read().open_process(user).await? else {
        return Ok(None);
    };
    match portal::hold(context, user, open.id).await {
        Ok(held) if held.process.state().is_final() => Ok(None),
        Ok(held) => Ok(Some((held.process, held.user))),
        Err(PortalError::Ended) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn start(context: &Context, user: Uuid) -> Result<(Process, User), PortalError> {
    let found = context.store.read().user(user).await?;
    let found = found.ok_or(PortalError::NotFound)?;
    let (plan, failures) = options::to_begin_with(context, &found).await?;
    let now = context.clock.now();
    let version = plan.options_version;
    let process = Process::start(chance::id(), user, plan, now, &context.limits);
    let transaction = context.store.begin().await?;
    // The user as of now: the options were read outside the transaction, which others wait for.
    let found = transaction.user(user).await?.ok_or(PortalError::NotFound)?;
    portal::may_start(&found)?;
    transaction.add_process(&process).await?;
    for failure in failures {
        tracing::error!(%user, failure, "the options failed");
        let record = Record::new(now, Event::OptionsFailed, Actor::System)
            .user(user)
            .detail(failure);
        transaction.append_audit(&record);
    }
    let record = Record::new(now, Event::ProcessStarted, Actor::User)
        .user(user)
        .process(process.id)
        .detail(format!("options version {version}"));
    transaction.append_audit(&record);
    transaction.commit().await?;
    Ok((process, found))
}
