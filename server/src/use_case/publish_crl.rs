//! The certificate revocation list that each certificate names, signed when it is asked for.

use time::Duration;

use super::{Context, PortalError};

/// How long a list may be relied on.
const LIFETIME: Duration = Duration::days(1);

/// DER.
pub async fn run(context: &Context) -> Result<Vec<u8>, PortalError> {
    let now = context.clock.now();
    let revoked = context.store.read().revoked(now).await?;
    Ok(context.ca.crl(now, now + LIFETIME, &revoked)?)
}
