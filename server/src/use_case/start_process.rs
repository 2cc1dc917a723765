//! Start Get mobile ID, or take up the one that is open: a double click and a second tab get the same process.

use shared::api::{Actor, Event};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError, ProcessSeen, portal, seen};
use crate::{
    chance,
    domain::{audit::Record, process::Process},
    store::StoreError,
};

pub async fn run(
    context: &Context,
    user: Uuid,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen, PortalError> {
    let process = match open(context, user).await? {
        Some(open) => open,
        None => match start(context, user).await {
            // Another window was faster: its process is the one.
            Err(PortalError::Store(StoreError::Duplicate(_))) => {
                open(context, user).await?.ok_or(PortalError::NotNow)?
            }
            started => started?,
        },
    };
    Ok(seen::process(context, process, signed_in_at).await?)
}

/// The open process, if time and the user's state have not ended it.
async fn open(context: &Context, user: Uuid) -> Result<Option<Process>, PortalError> {
    let Some(open) = context.store.read().open_process(user).await? else {
        return Ok(None);
    };
    match portal::hold(context, user, open.id).await {
        Ok(held) => Ok(Some(held.process).filter(|process| !process.state().is_final())),
        Err(PortalError::Ended) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn start(context: &Context, user: Uuid) -> Result<Process, PortalError> {
    let transaction = context.store.begin().await?;
    let user = transaction.user(user).await?.ok_or(PortalError::NotFound)?;
    if !user.is_active() {
        return Err(PortalError::UserNotActive);
    }
    let now = context.clock.now();
    let process = Process::start(
        chance::id(),
        user.id,
        context.options.plan(&user),
        now,
        &context.limits,
    );
    transaction.add_process(&process).await?;
    let record = Record::new(now, Event::ProcessStarted, Actor::User)
        .user(user.id)
        .process(process.id);
    transaction.append_audit(&record).await?;
    transaction.commit().await?;
    Ok(process)
}
