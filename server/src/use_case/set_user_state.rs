//! An administrator makes a user active, inactive or locked. Whoever is not active any more has no open process and no
//! mobile ID that works: inactive pauses, active resumes what that paused, locked locks, and revokes the encryption
//! certificates that earlier locks have kept. A locked user is signed out everywhere, at once.

use shared::api::{Actor, EncryptionFate, Event, LockReason, PauseCause, UserState};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Context, lifecycle,
    transition::{self, Settled},
};
use crate::{
    domain::{
        audit::Record,
        mobile_id::Outcome,
        user::{User, canonical_user_name},
    },
    store::{StoreError, Transaction},
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
    let open = transaction.open_process(user.id).await?;
    let held = match open {
        Some(process) => transaction.process_to_change(process.id).await?,
        None => None,
    };
    let (followed, records) = follow(&transaction, &user, now).await?;
    let settled = match held {
        Some((process, _)) => Some(transition::settle(context, &transaction, process, &user, now).await?),
        None => None,
    };
    if state == UserState::Locked {
        transaction.end_sessions(user.id).await?;
    }
    let record = Record::new(now, Event::UserStateChanged, Actor::Administrator).user(user.id);
    let record = record.detail(format!("{state:?}"));
    for record in [&record].into_iter().chain(&records) {
        transaction.append_audit(record);
    }
    transaction.commit().await?;
    if let Some(Settled::Ended(process)) = settled {
        transition::ring(context, &process);
    }
    for process in followed {
        context.changes.ring(process);
    }
    Ok(user)
}

/// Gives the user's mobile IDs the state that theirs asks for; and the processes that made these mobile IDs, with the
/// records that are to be appended.
async fn follow(
    transaction: &Transaction,
    user: &User,
    now: OffsetDateTime,
) -> Result<(Vec<Uuid>, Vec<Record>), StoreError> {
    let (mut processes, mut records) = (vec![], vec![]);
    for mobile_id in transaction.live_mobile_ids_to_change(user.id).await? {
        let outcome = match user.state {
            UserState::Active => mobile_id.resume(PauseCause::UserInactive, now),
            UserState::Inactive => mobile_id.pause(PauseCause::UserInactive, now),
            UserState::Locked => mobile_id.lock(LockReason::UserLocked, EncryptionFate::Revoke, now),
        };
        let by = Actor::Administrator;
        match outcome {
            Ok(Outcome::Changed(changed)) => {
                records.push(lifecycle::write(transaction, &changed, by, now).await?);
                processes.push(changed.process);
            }
            // Nobody encrypts any more to somebody who was locked.
            Ok(Outcome::Same(locked)) if user.state == UserState::Locked => {
                let reason = LockReason::UserLocked.into();
                let revoked = lifecycle::revoke_kept(transaction, &locked, reason, by, now).await?;
                if let Some((changed, record)) = revoked {
                    records.push(record);
                    processes.push(changed.process);
                }
            }
            // What is not in a state for it, or has ended, stays as it is.
            Ok(Outcome::Same(_)) | Err(_) => {}
        }
    }
    Ok((processes, records))
}
