//! The certificate revocation list that each certificate names, signed when it is asked for.

use time::Duration;

use super::{Context, PortalError};
use crate::{
    ca::{Reason, Serial},
    store::StoreError,
};

/// How long a list may be relied on.
const LIFETIME: Duration = Duration::days(1);

/// DER.
pub async fn run(context: &Context) -> Result<Vec<u8>, PortalError> {
    let now = context.clock.now();
    let revoked = context.store.read().revoked(now).await?;
    let damaged = |_| StoreError::Damaged {
        table: "ca_certificate",
    };
    let mut entries = Vec::with_capacity(revoked.len());
    for (serial, at, reason) in revoked {
        entries.push((
            serial.parse::<Serial>().map_err(damaged)?,
            at,
            self::reason(reason),
        ));
    }
    // Grows with time, also across restarts and servers (RFC 5280, section 5.2.3).
    let number = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    Ok(context.ca.crl(number, now, now + LIFETIME, &entries)?)
}

/// By the number of RFC 5280, section 5.3.1.
fn reason(number: i32) -> Reason {
    match number {
        1 => Reason::KeyCompromise,
        3 => Reason::AffiliationChanged,
        4 => Reason::Superseded,
        5 => Reason::CessationOfOperation,
        6 => Reason::CertificateHold,
        9 => Reason::PrivilegeWithdrawn,
        _ => Reason::Unspecified,
    }
}
