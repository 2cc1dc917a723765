//! Cancel on the phone, after its claim. Repeating it changes nothing more.

use shared::api::{Actor, Ending};

use super::{Context, DeviceError, device, transition};
use crate::domain::secret::Hash;

pub async fn run(context: &Context, token: Hash) -> Result<(), DeviceError> {
    let held = device::hold_by_token(context, token).await?;
    if held.process.ending().is_some() {
        return Ok(());
    }
    let now = context.clock.now();
    let process = held.process.cancel(Ending::CancelledOnPhone, now)?;
    let record = transition::end_record(&process, Actor::Phone, now);
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    Ok(())
}
