//! What the portal's use cases share: their refusals, and how a user's own process is taken up for a change.

use shared::{api::UserState, problem::Code};
use uuid::Uuid;

use super::{
    Context,
    context::{ArchiveSilent, CaSilent},
    transition::{self, Settled},
};
use crate::{
    archive::{ArchiveError, KeyError},
    ca::{CrlError, IssueError, RequestError},
    chance::NoChance,
    domain::{
        mobile_id,
        options::{NoDelivery, WrongChoice},
        process::{PairingRefusal, Process, Refusal},
        recovery::WrongRecovery,
        user::{Right, User},
    },
    mail::WriteError,
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
    NoDelivery(#[from] NoDelivery),
    /// Codes were mailed often enough for now.
    #[error("too many mails: wait {seconds} seconds")]
    MailedTooOften { seconds: u64 },
    #[error("the mail cannot be written")]
    Mail(#[from] WriteError),
    #[error(transparent)]
    WrongChoice(#[from] WrongChoice),
    #[error(transparent)]
    WrongRecovery(#[from] WrongRecovery),
    #[error("keys were recovered too often: wait {seconds} seconds")]
    RecoveredTooOften { seconds: u64 },
    #[error("a second person was asked too often: wait {seconds} seconds")]
    RequestedTooOften { seconds: u64 },
    #[error("a second person has not approved the recovery")]
    ApprovalPending,
    #[error("the key archive cannot be used")]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    ArchiveSilent(#[from] ArchiveSilent),
    #[error(transparent)]
    EncryptionKey(#[from] KeyError),
    #[error(transparent)]
    MobileId(#[from] mobile_id::Refusal),
    #[error("this is not a reason that a person gives for a lock")]
    LockReasonWrong,
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
    #[error(transparent)]
    CaSilent(#[from] CaSilent),
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

/// Who may start the process, and go on with it.
pub fn may_start(user: &User) -> Result<(), PortalError> {
    match user.refusal(Right::GetMobileId) {
        None => Ok(()),
        Some(Code::RoleNeeded) => Err(PortalError::RoleNeeded),
        Some(_) => Err(PortalError::UserNotActive),
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
    match transition::settle(context, &transaction, process, &user, context.clock.now()).await? {
        Settled::Live(process) => Ok(Held {
            transaction,
            process,
            user,
        }),
        Settled::Ended(process) => {
            transaction.commit().await?;
            transition::ring(context, &process);
            Err(if user.state == UserState::Active {
                PortalError::Ended
            } else {
                PortalError::UserNotActive
            })
        }
    }
}
