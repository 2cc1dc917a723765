//! Octets that stand for a secret: SHA-256 of a token or code, and how octets are written as text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use shared::protocol;

/// SHA-256 of a secret of at least 40 bits of chance: what is stored in place of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Unpadded base64url, as stored.
    pub fn text(&self) -> String {
        protocol::encode(&self.0)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        octets::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        octets::deserialize(deserializer).map(Self)
    }
}

/// `#[serde(with)]`: octets of fixed or free length as base64url text.
pub mod octets {
    use super::{Deserialize, Deserializer, Serializer, protocol};
    use serde::de::Error as _;

    pub fn serialize<S: Serializer>(
        octets: &(impl AsRef<[u8]> + ?Sized),
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&protocol::encode(octets.as_ref()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        protocol::decode(&text)
            .and_then(|octets| T::try_from(octets).ok())
            .ok_or_else(|| D::Error::custom("not base64url of the right length"))
    }
}

/// A token of 256 bits as a phone or a link in a mail carries it: base64url of 32 octets. `None` for anything else.
pub fn token_hash(text: &str) -> Option<Hash> {
    let octets = protocol::decode(text).filter(|octets| octets.len() == 32)?;
    Some(Hash::of(&octets))
}
