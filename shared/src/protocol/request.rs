//! PKCS#10 certification requests (RFC 2986) for P-256 keys, in two halves: the octets to sign, and the request
//! around the signature. The signing itself is WebCrypto's on the phone page and aws-lc's in the headless phone.
//!
//! The subject is empty and there are no attributes: the server takes only the public key from a request.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, SetOfVec};
use der::{Decode, Encode, Sequence};

/// ecdsa-with-SHA256 (RFC 5758, section 3.2).
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

#[derive(Sequence)]
struct Info<'a> {
    version: u8,
    subject: Vec<AnyRef<'a>>,
    key: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    attributes: SetOfVec<AnyRef<'a>>,
}

#[derive(Sequence)]
struct Algorithm {
    oid: ObjectIdentifier,
}

#[derive(Sequence)]
struct Request<'a> {
    info: AnyRef<'a>,
    algorithm: Algorithm,
    signature: BitStringRef<'a>,
}

/// The CertificationRequestInfo (DER) over a SubjectPublicKeyInfo (DER): sign these octets.
pub fn info(spki: &[u8]) -> der::Result<Vec<u8>> {
    Info {
        version: 0,
        subject: Vec::new(),
        key: AnyRef::from_der(spki)?,
        attributes: SetOfVec::new(),
    }
    .to_der()
}

/// The CertificationRequest (DER). `signature`: r and s, 32 octets each, as WebCrypto makes it.
pub fn request(info: &[u8], signature: &[u8; 64]) -> der::Result<Vec<u8>> {
    let signature = ecdsa_der(signature)?;
    Request {
        info: AnyRef::from_der(info)?,
        algorithm: Algorithm {
            oid: ECDSA_WITH_SHA256,
        },
        signature: BitStringRef::from_bytes(&signature)?,
    }
    .to_der()
}

#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: der::asn1::UintRef<'a>,
    s: der::asn1::UintRef<'a>,
}

/// Ecdsa-Sig-Value (RFC 3279, section 2.2.3) of a P1363 signature.
pub fn ecdsa_der(signature: &[u8; 64]) -> der::Result<Vec<u8>> {
    let (r, s) = signature.split_at(32);
    EcdsaSignature {
        r: der::asn1::UintRef::new(r)?,
        s: der::asn1::UintRef::new(s)?,
    }
    .to_der()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_info_is_version_empty_subject_key_and_no_attributes() {
        let spki = [0x30, 0x03, 0x02, 0x01, 0x05];
        assert_eq!(
            info(&spki).unwrap(),
            [
                0x30, 0x0c, 0x02, 0x01, 0x00, 0x30, 0x00, 0x30, 0x03, 0x02, 0x01, 0x05, 0xa0, 0x00
            ]
        );
    }

    #[test]
    fn leading_zeros_and_high_bits_of_a_signature_become_der_integers() {
        let mut signature = [0_u8; 64];
        signature[31] = 1;
        signature[32] = 0x80;
        let der = ecdsa_der(&signature).unwrap();
        assert_eq!(der[..5], [0x30, 0x26, 0x02, 0x01, 0x01]);
        assert_eq!(der[5..9], [0x02, 0x21, 0x00, 0x80]);
    }

    #[test]
    fn what_is_no_der_is_refused() {
        assert!(info(b"not der").is_err());
        assert!(request(b"\x30\x05", &[1; 64]).is_err());
    }
}
