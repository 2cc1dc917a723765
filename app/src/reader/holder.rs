//! The encryption certificates on this phone, each with its key.

use shared::protocol::decode;

use super::Fault;
use crate::device::database::Database;
use crate::device::decryption::DecryptionKey;
use crate::device::enrollment::encryption;

/// One certificate, and what it was for.
#[derive(Clone)]
pub struct Holder {
    /// DER.
    pub certificate: Vec<u8>,
    pub key: DecryptionKey,
    /// Upper-case hex.
    pub serial: String,
    /// Of the mobile ID that it came with.
    pub profile_name: String,
}

/// Those of the newest mobile ID first.
pub async fn holders() -> Result<Vec<Holder>, Fault> {
    let database = Database::open().await?;
    let mut holders = Vec::new();
    for kept in database.mobile_ids().await? {
        let keys = database.keys_of(kept.installation.mobile_id).await?;
        let held = encryption(&kept.installation).filter_map(|certificate| {
            Some(Holder {
                certificate: decode(&certificate.certificate)?,
                key: keys.decryption_key(&certificate.serial)?.clone(),
                serial: certificate.serial.clone(),
                profile_name: kept.installation.profile_name.clone(),
            })
        });
        holders.extend(held);
    }
    Ok(holders)
}
