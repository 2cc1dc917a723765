//! What a phone installs.

use shared::{
    api::{Installation, InstalledCertificate, SealedKey},
    protocol,
};

use super::timestamp;
use crate::{
    domain::{mobile_id::Certificate, recovery},
    use_case::device_enrollment,
};

/// `chain`: base64url of DER.
pub fn installation(installed: &device_enrollment::Installation, chain: Vec<String>) -> Installation {
    let mobile_id = &installed.mobile_id;
    let certificates = |certificates: &[Certificate]| {
        let certificates = certificates.iter();
        certificates
            .map(|found| certificate(found, &installed.sealed))
            .collect()
    };
    Installation {
        mobile_id: mobile_id.id,
        profile_name: mobile_id.name.clone(),
        server_name: mobile_id.server_name.clone(),
        user_id: mobile_id.user_id.clone(),
        valid_until: timestamp(mobile_id.valid_until),
        certificates: certificates(&installed.certificates),
        recovered: certificates(&installed.recovered),
        chain,
    }
}

fn certificate(certificate: &Certificate, sealed: &[recovery::SealedKey]) -> InstalledCertificate {
    let key = sealed.iter().find(|key| key.serial == certificate.serial);
    InstalledCertificate {
        purpose: certificate.purpose,
        serial: certificate.serial.clone(),
        certificate: protocol::encode(&certificate.der),
        sealed: key.map(|key| SealedKey {
            key_type: key.key_type,
            encapsulated: protocol::encode(&key.encapsulated),
            ciphertext: protocol::encode(&key.ciphertext),
            challenge: protocol::encode(&key.challenge),
        }),
    }
}
