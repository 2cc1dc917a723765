//! What the background worker does now and then: ends processes whose time is over, and clears old sessions.

use super::{Context, DeviceError, device};

/// So many at one go: the next round takes the rest.
const AT_ONCE: u64 = 100;

/// Gives the number of processes ended.
pub async fn run(context: &Context) -> Result<usize, DeviceError> {
    let now = context.clock.now();
    let over = context.store.read().processes_over(now, AT_ONCE).await?;
    for process in &over {
        device::hold(context, *process).await?;
    }
    context.store.read().delete_expired_sessions(now).await?;
    Ok(over.len())
}
