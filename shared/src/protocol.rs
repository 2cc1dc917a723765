//! The device protocol's arithmetic: what phone page, headless phone and server must compute alike.
//! One piece for all three, so that they cannot drift apart.

pub mod activation;
pub mod certificate;
pub mod challenge;
pub mod cms;
pub mod delivery;
pub mod hpke;
mod mac;
pub mod pairing;
pub mod receipt;
pub mod request;

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::api::Purpose;

/// Octets as unpadded base64url (RFC 4648, section 5).
pub fn encode(octets: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(octets)
}

/// `None` where the text is not unpadded base64url.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// One value a purpose, in the order of `Purpose::ALL`. Not `sort`: that is kilobytes of code on the phone page, for
/// three values.
fn in_order(values: &[(Purpose, Vec<u8>)]) -> impl Iterator<Item = &(Purpose, Vec<u8>)> {
    Purpose::ALL
        .into_iter()
        .flat_map(move |wanted| values.iter().filter(move |(purpose, _)| *purpose == wanted))
}
