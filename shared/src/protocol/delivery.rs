//! How an archived key travels to the phone: what the two HPKE messages (RFC 9180) of a `SealedKey` are bound to.

use uuid::Uuid;

/// Octets of a challenge, and of the answer to it.
pub const CHALLENGE_OCTETS: usize = 32;

/// `info` of the private key (PKCS#8, DER), sealed to the phone's transport key. `serial`: upper-case hex.
pub fn key_info(mobile_id: Uuid, serial: &str) -> Vec<u8> {
    format!("smart-id key v1\nmobile-id {mobile_id}\nserial {serial}\n").into_bytes()
}

/// `info` of the challenge, sealed to the certified key itself where that is on P-256.
pub fn challenge_info(mobile_id: Uuid, serial: &str) -> Vec<u8> {
    format!("smart-id key challenge v1\nmobile-id {mobile_id}\nserial {serial}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_name_mobile_id_and_serial_and_differ() {
        let (key, challenge) = (key_info(Uuid::max(), "0A"), challenge_info(Uuid::max(), "0A"));
        assert_eq!(
            String::from_utf8(key.clone()).unwrap(),
            "smart-id key v1\nmobile-id ffffffff-ffff-ffff-ffff-ffffffffffff\nserial 0A\n"
        );
        assert_ne!(key, challenge);
    }
}
