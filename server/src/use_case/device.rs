//! What the phone's use cases share: their refusals, and how a phone's process is taken up for a change.

use shared::protocol::activation::Code;
use uuid::Uuid;

use super::{
    Context,
    transition::{self, Settled},
};
use crate::{
    ca::RequestError,
    chance::NoChance,
    domain::{
        process::{CodeRefusal, KeysRefusal, Process, ReceiptRefusal, Refusal},
        secret::Hash,
        user::User,
    },
    store::{FoundCode, StoreError, Transaction},
};

#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error("not a whole activation code")]
    CodeMalformed,
    #[error("an unknown activation code")]
    CodeUnknown,
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// No enrollment goes with the token.
    #[error("an unknown device token")]
    TokenUnknown,
    #[error("not one request for each wanted purpose")]
    KeySetWrong,
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error("the key was used before")]
    KeyUsedBefore,
    #[error("the receipt does not fit")]
    ReceiptWrong,
    #[error("what the phone says of itself is too long or not plain text")]
    PhoneMalformed,
    #[error("not possible in this state")]
    NotNow,
    #[error("the process has ended")]
    Ended,
    #[error(transparent)]
    Chance(#[from] NoChance),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for DeviceError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Ended => Self::Ended,
            Refusal::NotNow => Self::NotNow,
        }
    }
}

impl From<KeysRefusal> for DeviceError {
    fn from(refusal: KeysRefusal) -> Self {
        match refusal {
            KeysRefusal::WrongSet => Self::KeySetWrong,
            KeysRefusal::NotNow => Self::NotNow,
            KeysRefusal::Ended => Self::Ended,
        }
    }
}

impl From<ReceiptRefusal> for DeviceError {
    fn from(refusal: ReceiptRefusal) -> Self {
        match refusal {
            ReceiptRefusal::NotNow => Self::NotNow,
            ReceiptRefusal::Ended => Self::Ended,
        }
    }
}

/// A transaction that holds a phone's process.
pub struct Held {
    pub transaction: Transaction,
    pub process: Process,
    pub user: User,
}

/// The process behind a code, for looking at it.
pub async fn find_code(context: &Context, text: &str) -> Result<(Code, FoundCode), DeviceError> {
    let code = Code::parse(text).map_err(|_| DeviceError::CodeMalformed)?;
    let found = context.store.read().activation_code(Hash(code.hash())).await?;
    Ok((code, found.ok_or(DeviceError::CodeUnknown)?))
}

/// The process of the phone that holds this token, for a change. One that has ended is given as it is.
pub async fn hold_by_token(context: &Context, token: Hash) -> Result<Held, DeviceError> {
    let found = context
        .store
        .read()
        .process_of_device(token)
        .await?
        .ok_or(DeviceError::TokenUnknown)?;
    hold(context, found.id).await
}

/// Takes up a process for a change by its phone, after time and the user's state were heard. Where those have
/// ended it just now, that is committed, and the process is held as ended.
pub async fn hold(context: &Context, process: Uuid) -> Result<Held, DeviceError> {
    let transaction = context.store.begin().await?;
    let damaged = StoreError::Damaged { table: "process" };
    let Some(process) = transaction.process_to_change(process).await? else {
        return Err(damaged.into());
    };
    let Some(user) = transaction.user(process.user).await? else {
        return Err(damaged.into());
    };
    match transition::settle(&transaction, process, &user, context.clock.now()).await? {
        Settled::Live(process) => Ok(Held {
            transaction,
            process,
            user,
        }),
        Settled::Ended(process) => {
            transaction.commit().await?;
            context.changes.ring(process.id);
            Ok(Held {
                transaction: context.store.begin().await?,
                process,
                user,
            })
        }
    }
}
