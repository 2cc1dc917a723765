//! The device protocol's arithmetic: what phone page, headless phone and server must compute alike.
//! One piece for all three, so that they cannot drift apart.

pub mod activation;
pub mod certificate;
pub mod pairing;
pub mod receipt;
pub mod request;

use base64ct::{Base64UrlUnpadded, Encoding};

/// Octets as unpadded base64url (RFC 4648, section 5).
pub fn encode(octets: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(octets)
}

/// `None` where the text is not unpadded base64url.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}
