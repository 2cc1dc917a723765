//! The phone's PKCS#10 requests: verified, and only their public keys kept; and the transport key, where one is wanted.
//! The answer is the nonce that the pairing code needs, which nobody could know before the keys were in.

use shared::api::{Actor, Event, Purpose};
use time::OffsetDateTime;

use super::{Context, DeviceError, device, transition};
use crate::{
    ca::{self, PublicKey},
    chance,
    domain::{audit::Record, process::Key, secret::Hash},
    store::StoreError,
};

pub struct Accepted {
    pub nonce: [u8; 16],
    pub until: OffsetDateTime,
}

/// `requests`: purpose and PKCS#10, DER. `transport_key`: SubjectPublicKeyInfo, DER.
pub async fn run(
    context: &Context,
    token: Hash,
    requests: &[(Purpose, Vec<u8>)],
    transport_key: Option<&[u8]>,
) -> Result<Accepted, DeviceError> {
    let held = device::hold_by_token(context, token).await?;
    if requests
        .iter()
        .any(|(purpose, _)| *purpose == Purpose::Encryption)
    {
        // Its key is never the phone's to make.
        return Err(DeviceError::KeySetWrong);
    }
    let mut keys = Vec::with_capacity(requests.len() + 1);
    for (purpose, request) in requests {
        keys.push(Key {
            purpose: *purpose,
            spki: ca::verify_request(request)?.spki().to_vec(),
        });
    }
    if let Some(spki) = transport_key {
        keys.push(Key {
            purpose: Purpose::Encryption,
            spki: PublicKey::transport(spki)?.spki().to_vec(),
        });
    }
    let now = context.clock.now();
    if let (Some(nonce), Some(until)) = (held.process.nonce_for(&keys), held.process.until()) {
        return Ok(Accepted { nonce, until });
    }
    let nonce = chance::octets()?;
    let hashes: Vec<Hash> = keys.iter().map(|key| Hash::of(&key.spki)).collect();
    let process = held.process.receive_keys(keys, nonce, now, &context.limits)?;
    held.transaction.add_public_keys(&hashes, process.id).await?;
    let record = Record::new(now, Event::KeysReceived, Actor::Phone);
    match transition::commit(context, held.transaction, &process, &held.user, record).await {
        Err(StoreError::Duplicate(_)) => return Err(DeviceError::KeyUsedBefore),
        committed => committed?,
    }
    Ok(Accepted {
        nonce,
        until: process.until().unwrap_or(now),
    })
}
