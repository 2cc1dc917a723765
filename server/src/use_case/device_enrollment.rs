//! Where a phone's enrollment stands. Reads only, but for writing down what time has done.

use super::{Context, DeviceError, device};
use crate::domain::{
    mobile_id::{Certificate, MobileId},
    process::{Process, Stage},
    secret::Hash,
};

pub struct Enrollment {
    pub process: Process,
    /// From the issuance on, as long as it was not withdrawn.
    pub installation: Option<(MobileId, Vec<Certificate>)>,
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
    let installed = match &process.stage {
        Stage::Confirmed(stage) => Some(stage.mobile_id),
        Stage::Completed(stage) => Some(stage.mobile_id),
        _ => None,
    };
    let installation = match installed {
        Some(id) => book.installation(id).await?,
        None => None,
    };
    Ok(Enrollment {
        process,
        installation,
    })
}
