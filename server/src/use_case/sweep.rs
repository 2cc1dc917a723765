//! What the background worker does now and then: ends processes and requests to recover keys whose time is over, and
//! clears old sessions and links.

use super::{Context, DeviceError, approval, device};

/// So many at one go: the next round takes the rest.
const AT_ONCE: u64 = 100;

/// Gives the number of processes ended. One that cannot be ended is logged, and keeps no other from its end.
pub async fn run(context: &Context) -> Result<usize, DeviceError> {
    let now = context.clock.now();
    let over = context.store.read().processes_over(now, AT_ONCE).await?;
    let mut ended = 0;
    for process in over {
        match device::hold(context, process).await {
            Ok(_) => ended += 1,
            Err(error) => tracing::error!(%process, %error, "a process whose time is over cannot be ended"),
        }
    }
    for request in context.store.read().recovery_requests_over(now, AT_ONCE).await? {
        if let Err(error) = approval::lapse(context, &request).await {
            tracing::error!(request = %request.id, %error, "a request to recover keys cannot be ended");
        }
    }
    context.store.read().delete_expired_sessions(now).await?;
    context.store.read().delete_expired_mail_links(now).await?;
    Ok(ended)
}
