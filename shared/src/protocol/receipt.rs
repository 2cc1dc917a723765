//! The install receipt: what the phone signs with its new authentication key once everything is stored.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::in_order;
use crate::api::Purpose;

/// The octets that are signed (ECDSA with SHA-256): a line of its own for the text below, process, mobile ID, and
/// then purpose and SHA-256 of each certificate (DER) in order of purpose; those of one purpose in the order given:
/// the new one, then the recovered ones.
pub fn message(process: Uuid, mobile_id: Uuid, certificates: &[(Purpose, Vec<u8>)]) -> Vec<u8> {
    let mut text = format!("smart-id install receipt v1\nprocess {process}\nmobile-id {mobile_id}\n");
    for (purpose, certificate) in in_order(certificates) {
        let hash: [u8; 32] = Sha256::digest(certificate).into();
        text.extend([purpose.as_str(), " ", &super::encode(&hash), "\n"]);
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_process_the_mobile_id_and_each_certificate() {
        let text = message(
            Uuid::nil(),
            Uuid::max(),
            &[
                (Purpose::Signature, b"s".to_vec()),
                (Purpose::Authentication, b"a".to_vec()),
            ],
        );
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "smart-id install receipt v1\n\
             process 00000000-0000-0000-0000-000000000000\n\
             mobile-id ffffffff-ffff-ffff-ffff-ffffffffffff\n\
             authentication ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs\n\
             signature BDpxh3TFcr2KJa2-sb_NXAJWrhHOz5-cP5JdDlK-r4k\n"
        );
    }
}
