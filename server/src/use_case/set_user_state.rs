//! An administrator makes a user active, inactive or locked. Whoever is not active any more has no open process,
//! and a locked user is signed out everywhere, at once.

use shared::api::{Actor, Event, UserState};

use super::{
    Context,
    transition::{self, Settled},
};
use crate::{
    domain::{
        audit::Record,
        user::{User, canonical_user_name},
    },
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum SetUserStateError {
    #[error("there is no user with this name")]
    NoSuchUser,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub async fn run(context: &Context, user_name: &str, state: UserState) -> Result<User, SetUserStateError> {
    let transaction = context.store.begin().await?;
    let found = transaction.user_named(&canonical_user_name(user_name)).await?;
    let user = User {
        state,
        ..found.ok_or(SetUserStateError::NoSuchUser)?
    };
    let now = context.clock.now();
    transaction.set_user_state(user.id, state).await?;
    let record = Record::new(now, Event::UserStateChanged, Actor::Administrator).user(user.id);
    transaction
        .append_audit(&record.detail(format!("{state:?}")))
        .await?;
    let open = transaction.open_process(user.id).await?;
    let held = match open {
        Some(process) => transaction.process_to_change(process.id).await?,
        None => None,
    };
    let settled = match held {
        Some((process, _)) => Some(transition::settle(context, &transaction, process, &user, now).await?),
        None => None,
    };
    if state == UserState::Locked {
        transaction.end_sessions(user.id).await?;
    }
    transaction.commit().await?;
    if let Some(Settled::Ended(process)) = settled {
        transition::ring(context, &process);
    }
    Ok(user)
}
