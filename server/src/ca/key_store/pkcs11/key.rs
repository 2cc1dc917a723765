//! A key in a token: as rcgen wants one, or as one that agrees. What is signed is hashed here: not every token hashes, and each one signs a
//! hash (CKM_ECDSA).

use std::sync::Arc;

use aws_lc_rs::digest;
use der::asn1::UintRef;
use der::zeroize::Zeroizing;
use der::{Encode, Sequence};
use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};

use super::super::{Agreement, Curve, KeyStoreError};
use super::objects::Public;
use super::{Token, TokenError};

pub(super) struct TokenKey {
    token: Arc<Token>,
    name: String,
    public: Public,
}

/// `ECDSA-Sig-Value` (RFC 3279, section 2.2.3).
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl TokenKey {
    pub fn new(token: Arc<Token>, name: &str, public: Public) -> Self {
        Self {
            token,
            name: name.to_owned(),
            public,
        }
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let hash = match self.public.curve {
            Curve::P256 => &digest::SHA256,
            Curve::P384 => &digest::SHA384,
        };
        let raw = self
            .token
            .sign(&self.name, digest::digest(hash, message).as_ref())?;
        encoded(&raw, self.public.curve).ok_or_else(|| TokenError::NoSignature {
            token: self.token.name(),
        })
    }
}

/// From r and s, one behind the other, to DER.
fn encoded(raw: &[u8], curve: Curve) -> Option<Vec<u8>> {
    let (r, s) = raw.split_at_checked(curve.octets())?;
    if s.len() != curve.octets() {
        return None;
    }
    let (r, s) = (UintRef::new(r).ok()?, UintRef::new(s).ok()?);
    EcdsaSignature { r, s }.to_der().ok()
}

impl PublicKeyData for TokenKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.public.curve.algorithm()
    }
}

impl SigningKey for TokenKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signature(message).map_err(|error| {
            // rcgen's error has no room for a reason.
            tracing::error!(%error, key = self.name, "the CA's key does not sign");
            rcgen::Error::RemoteKeyError
        })
    }
}

impl Agreement for TokenKey {
    fn point(&self) -> &[u8] {
        &self.public.point
    }

    fn agree(&self, with: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyStoreError> {
        let secret = self.token.agree(&self.name, with)?;
        let octets = secret.as_slice().try_into().map_err(|_| TokenError::NoSecret {
            token: self.token.name(),
        })?;
        Ok(Zeroizing::new(octets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_of_a_signature_become_the_shortest_positive_integers() {
        let (mut small, mut large) = ([0; 32], [0x11; 32]);
        small[31] = 1;
        large[0] = 0x80;
        let der = encoded(&[small, large].concat(), Curve::P256).unwrap();
        assert_eq!(der[..7], [0x30, 38, 2, 1, 1, 2, 33]);
        assert_eq!(der[7..9], [0, 0x80]);
        for wrong in [0, 63, 65, 96] {
            assert!(encoded(&vec![1; wrong], Curve::P256).is_none(), "{wrong}");
        }
    }
}
