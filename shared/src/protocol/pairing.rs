//! The pairing code: six digits that phone and server derive alike, so that the user can see that the keys which
//! the server received are the keys which this phone made.
//!
//! `code = HMAC-SHA256(pairing_key, nonce || SHA-256(keys)) mod 10^6`, with
//! `pairing_key = HMAC-SHA256(activation code, "smart-id pairing v1")` (RFC 2104). The server sends the nonce only
//! after it has the keys, so nobody in between can look for keys that give a wished-for code.

use sha2::{Digest, Sha256};

use super::activation::Code;
use super::in_order;
use super::mac::hmac;
use crate::api::Purpose;

pub const NONCE_OCTETS: usize = 16;
pub const DIGITS: usize = 6;

/// Derived from the activation code when it is claimed; the server keeps this in place of the code.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingKey(pub [u8; 32]);

impl PairingKey {
    pub fn derive(code: &Code) -> Self {
        Self(hmac(code.octets(), &[b"smart-id pairing v1"]))
    }

    /// `keys`: purpose and SubjectPublicKeyInfo (DER) of every key, in any order.
    pub fn pairing_code(&self, nonce: &[u8; NONCE_OCTETS], keys: &[(Purpose, Vec<u8>)]) -> PairingCode {
        let mac = hmac(&self.0, &[nonce, &key_set_hash(keys)]);
        let number = mac
            .iter()
            .take(8)
            .fold(0_u64, |number, octet| (number << 8) | u64::from(*octet));
        PairingCode(format!("{:06}", number % 1_000_000))
    }
}

impl std::fmt::Debug for PairingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PairingKey(…)")
    }
}

/// Exactly six ASCII digits.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingCode(String);

impl PairingCode {
    /// Reads what a person types: six digits, with spaces or dashes anywhere. `None` for anything else.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        (digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the same time wherever the first difference is.
    pub fn matches(&self, other: &Self) -> bool {
        self.0
            .bytes()
            .zip(other.0.bytes())
            .fold(0, |difference, (a, b)| difference | (a ^ b))
            == 0
    }
}

impl std::fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PairingCode(…)")
    }
}

/// SHA-256 over the keys in order of purpose, each as purpose, colon, length in four octets, key.
fn key_set_hash(keys: &[(Purpose, Vec<u8>)]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (purpose, key) in in_order(keys) {
        hash.update(purpose.as_str());
        hash.update(b":");
        hash.update(u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(key);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(secret: u8, nonce: u8, keys: &[(Purpose, Vec<u8>)]) -> String {
        PairingKey::derive(&Code::Long([secret; 32]))
            .pairing_code(&[nonce; 16], keys)
            .as_str()
            .to_owned()
    }

    #[test]
    fn every_input_changes_the_code_and_order_does_not() {
        let a = (Purpose::Authentication, vec![1, 2, 3]);
        let s = (Purpose::Signature, vec![4, 5, 6]);
        let base = code(1, 1, &[a.clone(), s.clone()]);
        assert_eq!(base.len(), 6);
        assert_eq!(base, code(1, 1, &[s.clone(), a.clone()]));
        assert_ne!(base, code(2, 1, &[a.clone(), s.clone()]), "activation code");
        assert_ne!(base, code(1, 2, &[a.clone(), s.clone()]), "nonce");
        assert_ne!(
            base,
            code(1, 1, &[a.clone(), (Purpose::Signature, vec![4, 5, 7])]),
            "a key"
        );
        assert_ne!(
            base,
            code(1, 1, &[(Purpose::Signature, a.1), (Purpose::Authentication, s.1)]),
            "purposes swapped"
        );
    }

    /// Computed with Python's hmac and hashlib: the protocol does not change by accident.
    #[test]
    fn a_known_vector() {
        let keys = [
            (Purpose::Authentication, b"auth".to_vec()),
            (Purpose::Signature, b"sign".to_vec()),
        ];
        assert_eq!(code(7, 9, &keys), "187080");
    }

    #[test]
    fn typed_codes_are_forgiven_their_spaces_only() {
        let code = PairingCode::parse("471 029").unwrap();
        assert_eq!(code.as_str(), "471029");
        assert!(code.matches(&PairingCode::parse("47-10-29").unwrap()));
        assert!(!code.matches(&PairingCode::parse("471028").unwrap()));
        for typed in ["", "47102", "4710290", "47102x", "４71029"] {
            assert_eq!(PairingCode::parse(typed), None, "{typed}");
        }
    }
}
