//! Public keys that a certificate can be issued over: which ones are taken, and in which one spelling.
//!
//! "A key is used for one certificate, ever" is held by a hash over the `SubjectPublicKeyInfo`, so one key must have
//! one encoding: points are uncompressed, curves named, RSA's exponent is 65537, and everything is DER.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
};
use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Sequence};
use pkcs8::SubjectPublicKeyInfoRef;

use super::request::RequestError;

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

const RSA_BITS: std::ops::RangeInclusive<usize> = 3072..=8192;
const RSA_EXPONENT: [u8; 3] = [1, 0, 1];
const UNCOMPRESSED: u8 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    P256,
    P384,
    Rsa,
}

/// A key of an accepted kind whose holder has proved to hold it: comes from `verify_request`, now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    /// The contents of the BIT STRING in it.
    key: Vec<u8>,
    kind: Kind,
}

/// `RSAPublicKey` (RFC 8017, appendix A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

impl PublicKey {
    /// `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7), DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Over `spki()`: by this the store knows a key that was used before.
    pub fn sha256(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.iter_mut()
            .zip(digest::digest(&digest::SHA256, &self.spki).as_ref())
            .for_each(|(to, from)| *to = *from);
        hash
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// A key that `verify_request` accepted before, from its stored `SubjectPublicKeyInfo` (DER).
    pub fn from_accepted(spki: &[u8]) -> Result<Self, RequestError> {
        Self::from_spki(&SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| RequestError::Malformed)?)
    }

    /// What keys are sealed to, from its `SubjectPublicKeyInfo` (DER): a key on P-256, of whose holder nothing is proved.
    pub fn transport(spki: &[u8]) -> Result<Self, RequestError> {
        let key = Self::from_accepted(spki)?;
        if key.kind == Kind::P256 {
            Ok(key)
        } else {
            Err(RequestError::KeyTypeRefused)
        }
    }

    /// Checks kind, size, spelling, and that the key is one at all (a point must lie on its curve).
    pub(super) fn from_spki(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, RequestError> {
        let key = spki
            .subject_public_key
            .as_bytes()
            .ok_or(RequestError::Malformed)?;
        let kind = match spki.algorithm.oid {
            EC => curve(spki, key)?,
            RSA => rsa(spki, key)?,
            _ => return Err(RequestError::KeyTypeRefused),
        };
        ParsedPublicKey::new(kind.any_verification(), key).map_err(|_| RequestError::Malformed)?;
        Ok(Self {
            spki: spki.to_der().map_err(|_| RequestError::Malformed)?,
            key: key.to_vec(),
            kind,
        })
    }
}

/// For rcgen, which writes the `SubjectPublicKeyInfo` anew: as the same octets, since they have but one spelling.
impl rcgen::PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.key
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.kind {
            Kind::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            Kind::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            Kind::Rsa => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl Kind {
    fn any_verification(self) -> &'static dyn aws_lc_rs::signature::VerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_ASN1,
            Self::P384 => &ECDSA_P384_SHA384_ASN1,
            Self::Rsa => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

fn curve(spki: &SubjectPublicKeyInfoRef<'_>, point: &[u8]) -> Result<Kind, RequestError> {
    let named = spki
        .algorithm
        .parameters
        .and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok());
    let (kind, field_octets) = match named {
        Some(P256) => (Kind::P256, 32),
        Some(P384) => (Kind::P384, 48),
        _ => return Err(RequestError::KeyTypeRefused),
    };
    if point.first() == Some(&UNCOMPRESSED) && point.len() == 1 + 2 * field_octets {
        Ok(kind)
    } else {
        Err(RequestError::KeyTypeRefused)
    }
}

fn rsa(spki: &SubjectPublicKeyInfoRef<'_>, key: &[u8]) -> Result<Kind, RequestError> {
    // RFC 3279, section 2.3.1: the parameters are NULL.
    if !spki.algorithm.parameters.is_some_and(AnyRef::is_null) {
        return Err(RequestError::Malformed);
    }
    let key = RsaPublicKey::from_der(key).map_err(|_| RequestError::Malformed)?;
    let bits = bits(key.modulus.as_bytes());
    if RSA_BITS.contains(&bits) && key.exponent.as_bytes() == RSA_EXPONENT {
        Ok(Kind::Rsa)
    } else {
        Err(RequestError::KeyTypeRefused)
    }
}

fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| 8 * number.len() - first.leading_zeros() as usize)
}
