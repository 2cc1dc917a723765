//! "I did not ask for this", on the phone, with the code in hand: ends the process.

use shared::api::{Actor, Ending};

use super::{
    Context, DeviceError,
    device::{self, HeldByCode},
    transition,
};

pub async fn run(context: &Context, code: &str) -> Result<(), DeviceError> {
    let HeldByCode { number, held, .. } = device::hold_by_code(context, code).await?;
    let now = context.clock.now();
    held.process.code_standing(number, None, now)?;
    let process = held.process.cancel(Ending::CancelledOnPhone, now)?;
    let record = transition::end_record(&process, Actor::Phone, now);
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    Ok(())
}
