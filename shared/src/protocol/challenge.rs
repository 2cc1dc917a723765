//! "Test it now": what the phone signs with its authentication key to show that it still holds it.

use uuid::Uuid;

/// The octets that are signed (ECDSA with SHA-256). They begin otherwise than those of the install receipt, so that
/// neither can stand for the other.
pub fn message(test: Uuid, mobile_id: Uuid, challenge: &[u8; 32]) -> Vec<u8> {
    let challenge = super::encode(challenge);
    format!("smart-id test v1\ntest {test}\nmobile-id {mobile_id}\nchallenge {challenge}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_test_the_mobile_id_and_the_challenge() {
        let text = message(Uuid::nil(), Uuid::max(), &[0; 32]);
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "smart-id test v1\n\
             test 00000000-0000-0000-0000-000000000000\n\
             mobile-id ffffffff-ffff-ffff-ffff-ffffffffffff\n\
             challenge AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        );
    }
}
