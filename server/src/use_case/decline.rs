//! "I did not ask for this", on the phone, with the code in hand: ends the process.

use shared::api::{Actor, Ending, Event};

use super::{Context, DeviceError, device, transition};

pub async fn run(context: &Context, code: &str) -> Result<(), DeviceError> {
    let (_, found) = device::find_code(context, code).await?;
    let held = device::hold(context, found.process).await?;
    let now = context.clock.now();
    held.process.code_standing(found.number, None, now)?;
    let process = held.process.cancel(Ending::CancelledOnPhone, now)?;
    let detail = transition::detail(&process);
    transition::store(
        &held.transaction,
        &process,
        Event::ProcessCancelled,
        Actor::Phone,
        detail,
        now,
    )
    .await?;
    held.transaction.commit().await?;
    context.changes.ring(process.id);
    Ok(())
}
