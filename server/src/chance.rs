//! Random octets from the operating system, for secrets, serial numbers and identifiers.

use aws_lc_rs::rand;
use uuid::Uuid;

/// The operating system gave no random octets: nothing that needs them may go on.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gave no random octets")]
pub struct NoChance;

pub fn octets<const N: usize>() -> Result<[u8; N], NoChance> {
    let mut octets = [0; N];
    rand::fill(&mut octets).map_err(|_| NoChance)?;
    Ok(octets)
}

/// Version 7 (RFC 9562): ordered by time, so that indexes grow at their end.
pub fn id() -> Uuid {
    Uuid::now_v7()
}
