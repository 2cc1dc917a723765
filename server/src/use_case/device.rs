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

/// A code with the process behind it, as taken up for a change.
pub struct HeldByCode {
    pub code: Code,
    /// Which of the process's codes it is, from 1.
    pub number: u32,
    pub held: Held,
}

/// The process behind a code, likewise.
pub async fn hold_by_code(context: &Context, text: &str) -> Result<HeldByCode, DeviceError> {
    let code = Code::parse(text).map_err(|_| DeviceError::CodeMalformed)?;
    // Outside of the transaction: whoever guesses holds up no writer.
    let found = context.store.read().activation_code(Hash(code.hash())).await?;
    let FoundCode { process, number } = found.ok_or(DeviceError::CodeUnknown)?;
    let held = hold(context, process).await?;
    Ok(HeldByCode { code, number, held })
}

/// The process of the phone that holds this token, for a change. One that has ended is given as it is.
pub async fn hold_by_token(context: &Context, token: Hash) -> Result<Held, DeviceError> {
    let transaction = context.store.begin().await?;
    let found = transaction.process_of_device_to_change(token).await?;
    let found = found.ok_or(DeviceError::TokenUnknown)?;
    Box::pin(settle(context, transaction, found)).await
}

/// Takes up a process for a change by its phone. One that has ended is given as it is.
pub async fn hold(context: &Context, process: Uuid) -> Result<Held, DeviceError> {
    let transaction = context.store.begin().await?;
    let found = transaction.process_to_change(process).await?;
    let found = found.ok_or(StoreError::Damaged { table: "process" })?;
    Box::pin(settle(context, transaction, found)).await
}

/// Hears time and the user's state first (boxed by its callers: it seldom has much to do, and its future is large
/// because of what it may have to). Where those have ended the process just now, that is committed, and it is
/// held as ended.
async fn settle(
    context: &Context,
    transaction: Transaction,
    (process, user): (Process, User),
) -> Result<Held, DeviceError> {
    match transition::settle(context, &transaction, process, &user, context.clock.now()).await? {
        Settled::Live(process) => Ok(Held {
            transaction,
            process,
            user,
        }),
        Settled::Ended(process) => {
            transaction.commit().await?;
            transition::ring(context, &process);
            Ok(Held {
                transaction: context.store.begin().await?,
                process,
                user,
            })
        }
    }
}
