//! PKCS#10 certification requests (RFC 2986): of a request, only the public key is believed, and that only after
//! its holder's signature has been verified. Subject, attributes and wished-for extensions are never looked at.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode, Encode, Sequence, Tag, TagNumber, Tagged};
use pkcs8::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::public_key::{Kind, PublicKey};

/// More than an RSA key of 8192 bits needs; whatever is larger is not read.
const MAX_OCTETS: usize = 16 * 1024;

const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// Why no key is taken from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("not a PKCS#10 certification request in DER of at most 16 KiB")]
    Malformed,
    #[error(
        "the key is neither P-256, P-384 (uncompressed) nor RSA of 3072 to 8192 bits with exponent 65537"
    )]
    KeyTypeRefused,
    #[error("the request is not signed by its own key with SHA-256, SHA-384 or SHA-512")]
    ProofWrong,
}

#[derive(Sequence)]
struct Request<'a> {
    info: AnyRef<'a>,
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

#[derive(Sequence)]
struct Info<'a> {
    version: u8,
    subject: AnyRef<'a>,
    key: SubjectPublicKeyInfoRef<'a>,
    attributes: AnyRef<'a>,
}

/// Takes the key out of a request (DER) whose proof of possession holds.
pub fn verify_request(der: &[u8]) -> Result<PublicKey, RequestError> {
    if der.len() > MAX_OCTETS {
        return Err(RequestError::Malformed);
    }
    let request = Request::from_der(der).map_err(|_| RequestError::Malformed)?;
    let signed = request.info.to_der().map_err(|_| RequestError::Malformed)?;
    let info = Info::from_der(&signed).map_err(|_| RequestError::Malformed)?;
    let attributes = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    if info.version != 0 || info.subject.tag() != Tag::Sequence || info.attributes.tag() != attributes {
        return Err(RequestError::Malformed);
    }
    let key = PublicKey::from_spki(&info.key)?;
    let signature = request.signature.as_bytes().ok_or(RequestError::Malformed)?;
    let verification = verification(key.kind(), &request.algorithm).ok_or(RequestError::ProofWrong)?;
    UnparsedPublicKey::new(verification, key.key())
        .verify(&signed, signature)
        .map_err(|_| RequestError::ProofWrong)?;
    Ok(key)
}

/// `None` for every algorithm that does not go with the kind of key, or not with SHA-2.
fn verification(
    kind: Kind,
    algorithm: &AlgorithmIdentifierRef<'_>,
) -> Option<&'static dyn VerificationAlgorithm> {
    // RFC 5758, section 3.2: ECDSA has no parameters. RFC 4055, section 5: RSA has NULL, or none.
    let parameters_fit = match kind {
        Kind::P256 | Kind::P384 => algorithm.parameters.is_none(),
        Kind::Rsa => algorithm.parameters.is_none_or(AnyRef::is_null),
    };
    if !parameters_fit {
        return None;
    }
    match (kind, algorithm.oid) {
        (Kind::P256, ECDSA_SHA256) => Some(&ECDSA_P256_SHA256_ASN1),
        (Kind::P256, ECDSA_SHA384) => Some(&ECDSA_P256_SHA384_ASN1),
        (Kind::P256, ECDSA_SHA512) => Some(&ECDSA_P256_SHA512_ASN1),
        (Kind::P384, ECDSA_SHA256) => Some(&ECDSA_P384_SHA256_ASN1),
        (Kind::P384, ECDSA_SHA384) => Some(&ECDSA_P384_SHA384_ASN1),
        (Kind::P384, ECDSA_SHA512) => Some(&ECDSA_P384_SHA512_ASN1),
        (Kind::Rsa, RSA_SHA256) => Some(&RSA_PKCS1_2048_8192_SHA256),
        (Kind::Rsa, RSA_SHA384) => Some(&RSA_PKCS1_2048_8192_SHA384),
        (Kind::Rsa, RSA_SHA512) => Some(&RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}
