//! HPKE (RFC 9180) as far as it is arithmetic over octets: base mode, one message a key, DHKEM(P-256, HKDF-SHA256),
//! HKDF-SHA256, AES-256-GCM. ECDH and AES are the caller's: WebCrypto's on the phone page, aws-lc's elsewhere.
//!
//! To seal: make an ephemeral key on P-256, agree with the recipient's, and encrypt under `message_key`; `enc` is the
//! ephemeral public key. To open: agree with `enc`, and decrypt under the same. There is no `aad`, and the nonce is the
//! first of the sequence: base nonce and message nonce are one.

use super::mac::hmac;

/// Octets of `enc`, and of every public key here: an uncompressed point (SEC 1, section 2.3.3).
pub const POINT_OCTETS: usize = 65;
/// Octets by which a ciphertext is longer than what it holds.
pub const TAG_OCTETS: usize = 16;

const VERSION: &[u8] = b"HPKE-v1";
/// Of the KEM, DHKEM(P-256, HKDF-SHA256).
const KEM_SUITE: &[u8] = b"KEM\x00\x10";
/// Of the three together, AES-256-GCM the last.
const SUITE: &[u8] = b"HPKE\x00\x10\x00\x01\x00\x02";
const MODE_BASE: u8 = 0;

/// What AES-GCM takes for one message, and no other.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageKey<const KEY_OCTETS: usize = 32> {
    pub key: [u8; KEY_OCTETS],
    pub nonce: [u8; 12],
}

impl<const KEY_OCTETS: usize> std::fmt::Debug for MessageKey<KEY_OCTETS> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageKey(…)")
    }
}

/// `ecdh`: the x coordinate that both sides agree on. `recipient`: the recipient's public key, as a point.
pub fn message_key(ecdh: &[u8; 32], enc: &[u8], recipient: &[u8], info: &[u8]) -> MessageKey {
    key_schedule(SUITE, &shared_secret(ecdh, enc, recipient), info)
}

/// `enc` and ciphertext of a message in one piece; `None` where it is too short to be one.
pub fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (enc, ciphertext) = message.split_at_checked(POINT_OCTETS)?;
    (ciphertext.len() >= TAG_OCTETS).then_some((enc, ciphertext))
}

/// `ExtractAndExpand` (section 4.1).
fn shared_secret(ecdh: &[u8; 32], enc: &[u8], recipient: &[u8]) -> [u8; 32] {
    let prk = extract(KEM_SUITE, &[], b"eae_prk", ecdh);
    expand(KEM_SUITE, &prk, b"shared_secret", &[enc, recipient])
}

/// `KeySchedule` (section 5.1) without a pre-shared key.
fn key_schedule<const KEY_OCTETS: usize>(
    suite: &[u8],
    shared_secret: &[u8; 32],
    info: &[u8],
) -> MessageKey<KEY_OCTETS> {
    let psk_id_hash = extract(suite, &[], b"psk_id_hash", &[]);
    let info_hash = extract(suite, &[], b"info_hash", info);
    let context: [&[u8]; 3] = [&[MODE_BASE], &psk_id_hash, &info_hash];
    let secret = extract(suite, shared_secret, b"secret", &[]);
    MessageKey {
        key: expand(suite, &secret, b"key", &context),
        nonce: expand(suite, &secret, b"base_nonce", &context),
    }
}

/// `LabeledExtract` (section 4).
fn extract(suite: &[u8], salt: &[u8], label: &[u8], ikm: &[u8]) -> [u8; 32] {
    hmac(salt, &[VERSION, suite, label, ikm])
}

/// `LabeledExpand` (section 4) to 32 octets at most: one block of HKDF (RFC 5869, section 2.3).
fn expand<const OCTETS: usize>(suite: &[u8], prk: &[u8; 32], label: &[u8], info: &[&[u8]]) -> [u8; OCTETS] {
    const { assert!(OCTETS <= 32, "one block of HKDF-SHA256 has 32 octets") };
    let [.., high, low] = OCTETS.to_be_bytes();
    let info = info.concat();
    let block = hmac(prk, &[&[high, low], VERSION, suite, label, &info, &[1]]);
    let mut octets = [0; OCTETS];
    octets.iter_mut().zip(block).for_each(|(to, from)| *to = from);
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const OCTETS: usize>(text: &str) -> [u8; OCTETS] {
        let octets: Vec<u8> = (0..text.len() / 2)
            .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        octets.try_into().unwrap()
    }

    /// Of skEm and pkRm, computed with Python.
    const ECDH: &str = "13f918529458d2542531406888c8a6d4ea7ff473a6f4db452ac3c4ae1d01cea1";

    /// Appendix A.3.1. It has AES-128-GCM, whose number is 1.
    #[test]
    fn the_vectors_of_the_rfc() {
        let enc: [u8; 65] = hex(
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfc\
             b9382657222d18c4",
        );
        let recipient: [u8; 65] = hex(
            "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d12\
             8aafd68a2ce72ea0",
        );
        let info: [u8; 20] = hex("4f6465206f6e2061204772656369616e2055726e");
        let secret = shared_secret(&hex(ECDH), &enc, &recipient);
        assert_eq!(
            secret,
            hex::<32>("c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8")
        );
        let schedule: MessageKey<16> = key_schedule(b"HPKE\x00\x10\x00\x01\x00\x01", &secret, &info);
        assert_eq!(schedule.key, hex("868c066ef58aae6dc589b6cfdd18f97e"));
        assert_eq!(schedule.nonce, hex("4e0bc5018beba4bf004cca59"));
    }

    #[test]
    fn each_input_makes_another_key() {
        let base = message_key(&[1; 32], &[2; 65], &[3; 65], b"info");
        for other in [
            message_key(&[0; 32], &[2; 65], &[3; 65], b"info"),
            message_key(&[1; 32], &[0; 65], &[3; 65], b"info"),
            message_key(&[1; 32], &[2; 65], &[0; 65], b"info"),
            message_key(&[1; 32], &[2; 65], &[3; 65], b"inf0"),
        ] {
            assert!(base.key != other.key && base.nonce != other.nonce);
        }
        assert_eq!(format!("{base:?}"), "MessageKey(…)");
    }

    #[test]
    fn a_message_in_one_piece_has_a_point_and_a_tag_at_least() {
        assert_eq!(split(&[7; 80]), None);
        assert_eq!(split(&[]), None);
        let (enc, ciphertext) = split(&[7; 83]).unwrap();
        assert_eq!((enc.len(), ciphertext.len()), (65, 18));
    }
}
