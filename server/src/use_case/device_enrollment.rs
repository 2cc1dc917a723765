//! Where a phone's enrollment stands. Reads only, but for writing down what time has done.

use super::{Context, DeviceError, device};
use crate::domain::{
    mobile_id::{Certificate, MobileId},
    process::{Process, Stage},
    recovery::SealedKey,
    secret::Hash,
};

pub struct Enrollment {
    pub process: Process,
    /// From the issuance on, as long as it was not withdrawn.
    pub installation: Option<Installation>,
}

pub struct Installation {
    pub mobile_id: MobileId,
    pub certificates: Vec<Certificate>,
    /// Earlier encryption certificates.
    pub recovered: Vec<Certificate>,
    /// The keys of both, until the receipt is in.
    pub sealed: Vec<SealedKey>,
}

pub async fn run(context: &Context, token: Hash) -> Result<Enrollment, DeviceError> {
    let book = context.store.read();
    let mut process = book
        .process_of_device(token)
        .await?
        .ok_or(DeviceError::TokenUnknown)?;
    if process.is_over(context.clock.now()) {
        process = device::hold(context, process.id).await?.process;
    }
    let mut installation = installation(context, &process).await?;
    if is_torn(&process, installation.as_ref()) {
        // The receipt, or an end, came in between: once more says which.
        let found = book.process_of_device(token).await?;
        process = found.ok_or(DeviceError::TokenUnknown)?;
        installation = self::installation(context, &process).await?;
    }
    Ok(Enrollment {
        process,
        installation,
    })
}

/// Whether a phone that waits for its keys would get fewer than were sealed for it: they are deleted with the process's
/// next step, and what stands here is read by several statements.
fn is_torn(process: &Process, installation: Option<&Installation>) -> bool {
    installation.is_some_and(|found| found.sealed.len() < process.sealed_keys(found.recovered.len()))
}

async fn installation(context: &Context, process: &Process) -> Result<Option<Installation>, DeviceError> {
    let book = context.store.read();
    let installed = match &process.stage {
        Stage::Confirmed(stage) => Some(stage.mobile_id),
        Stage::Completed(stage) => Some(stage.mobile_id),
        _ => None,
    };
    let installation = match installed {
        Some(id) => book.installation(id).await?,
        None => None,
    };
    Ok(match installation {
        Some((mobile_id, certificates)) if process.plan.wants_transport_key() => Some(Installation {
            recovered: book.recovered_certificates(mobile_id.id).await?,
            sealed: book.sealed_keys(mobile_id.id).await?,
            mobile_id,
            certificates,
        }),
        installation => installation.map(|(mobile_id, certificates)| Installation {
            mobile_id,
            certificates,
            recovered: vec![],
            sealed: vec![],
        }),
    })
}
