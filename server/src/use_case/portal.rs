//! What the portal's use cases share: their refusals, and how a user's own process is taken up for a change.

use shared::api::UserState;
use uuid::Uuid;

use super::{
    Context,
    transition::{self, Settled},
};
use crate::{
    ca::{CrlError, IssueError, RequestError},
    chance::NoChance,
    domain::{
        options::WrongChoice,
        process::{PairingRefusal, Process, Refusal},
        user::User,
    },
    password::PasswordError,
    store::{StoreError, Transaction},
};

#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// It is not there, or it is somebody else's: the same answer for both.
    #[error("not found")]
    NotFound,
    #[error("the user is not active")]
    UserNotActive,
    #[error("this is for people with another role")]
    RoleNeeded,
    #[error("the configured validity ends after the issuing CA's")]
    BeyondCa,
    #[error(transparent)]
    WrongChoice(#[from] WrongChoice),
    #[error("the sign-in is too old")]
    PasswordNeeded,
    #[error("the password is wrong")]
    PasswordWrong,
    #[error("the process has ended")]
    Ended,
    #[error("not possible in this state")]
    NotNow,
    #[error("the phone has not sent its keys")]
    PhoneNotReady,
    #[error("the pairing code is missing")]
    PairingCodeMissing,
    #[error("a pairing code is six digits")]
    PairingCodeMalformed,
    #[error("the pairing code is wrong")]
    PairingCodeWrong { tries_left: u32 },
    #[error("the CA did not issue")]
    Issue(#[source] IssueError),
    #[error("the CA signed no CRL")]
    Crl(#[from] CrlError),
    /// A key that was accepted once is refused now: the row was changed.
    #[error("a stored key is damaged")]
    Key(#[from] RequestError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Chance(#[from] NoChance),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<IssueError> for PortalError {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::OutlivesIssuer { .. } => Self::BeyondCa,
            error => Self::Issue(error),
        }
    }
}

impl From<Refusal> for PortalError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Ended => Self::Ended,
            Refusal::NotNow => Self::NotNow,
        }
    }
}

impl From<PairingRefusal> for PortalError {
    fn from(refusal: PairingRefusal) -> Self {
        match refusal {
            PairingRefusal::Ended => Self::Ended,
            PairingRefusal::PhoneNotReady => Self::PhoneNotReady,
            PairingRefusal::AlreadyConfirmed => Self::NotNow,
        }
    }
}

/// A transaction that holds the user's process, alive and theirs.
pub struct Held {
    pub transaction: Transaction,
    pub process: Process,
    /// As the database has them now, not as the session knew them.
    pub user: User,
}

/// Takes up a process of this user for a change. Where time or the user's state has ended it, that is committed
/// and the answer is the refusal.
pub async fn hold(context: &Context, user: Uuid, process: Uuid) -> Result<Held, PortalError> {
    let transaction = context.store.begin().await?;
    let found = transaction
        .process_to_change(process)
        .await?
        .filter(|(_, owner)| owner.id == user);
    let (process, user) = found.ok_or(PortalError::NotFound)?;
    let id = process.id;
    match transition::settle(&transaction, process, &user, context.clock.now()).await? {
        Settled::Live(process) => Ok(Held {
            transaction,
            process,
            user,
        }),
        Settled::Ended(_) => {
            transaction.commit().await?;
            context.changes.ring(id);
            Err(if user.state == UserState::Active {
                PortalError::Ended
            } else {
                PortalError::UserNotActive
            })
        }
    }
}
