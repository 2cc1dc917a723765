//! OCSP's messages as they travel (RFC 6960, section 4): only what is read and written here.

#![expect(
    clippy::unnested_or_patterns,
    reason = "what `Choice` derives is not ours to write otherwise"
)]

use der::{
    AnyRef, Choice, Decode, Encode, Enumerated, Sequence,
    asn1::{BitStringRef, GeneralizedTime, Int, Null, ObjectIdentifier, OctetString, OctetStringRef},
};

pub const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
pub const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
pub const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
pub const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
pub const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

#[derive(Sequence)]
pub struct OcspRequest<'a> {
    pub tbs: TbsRequest<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub signature: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
pub struct TbsRequest<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub version: Option<u8>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub requestor: Option<AnyRef<'a>>,
    pub list: Vec<Request<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub extensions: Option<Vec<Extension<'a>>>,
}

#[derive(Sequence)]
pub struct Request<'a> {
    pub id: CertId<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub extensions: Option<Vec<Extension<'a>>>,
}

/// Which certificate: by its issuer's hashed name and key, and by its serial number.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct CertId<'a> {
    pub hash: AlgorithmIdentifier<'a>,
    pub issuer_name_hash: &'a OctetStringRef,
    pub issuer_key_hash: &'a OctetStringRef,
    pub serial: Int,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Sequence)]
pub struct AlgorithmIdentifier<'a> {
    pub algorithm: ObjectIdentifier,
    pub parameters: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
pub struct Extension<'a> {
    pub id: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    pub critical: bool,
    pub value: &'a OctetStringRef,
}

#[derive(Sequence)]
pub struct OcspResponse<'a> {
    pub status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub bytes: Option<ResponseBytes<'a>>,
}

/// RFC 6960, section 4.2.1. What a responder says when it has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    Unauthorized = 6,
}

#[derive(Sequence)]
pub struct ResponseBytes<'a> {
    pub kind: ObjectIdentifier,
    pub response: &'a OctetStringRef,
}

#[derive(Sequence)]
pub struct BasicResponse<'a> {
    /// `ResponseData`, as it was signed.
    pub data: AnyRef<'a>,
    pub algorithm: AlgorithmIdentifier<'a>,
    pub signature: BitStringRef<'a>,
    /// The responder's certificate.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub certificates: Option<Vec<AnyRef<'a>>>,
}

#[derive(Sequence)]
pub struct ResponseData<'a> {
    pub responder: ResponderId,
    pub produced_at: GeneralizedTime,
    pub responses: Vec<SingleResponse<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub extensions: Option<Vec<Extension<'a>>>,
}

#[derive(Choice)]
pub enum ResponderId {
    /// SHA-1 over the responder's public key, as the RFC has it: an identifier, no proof.
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[derive(Sequence)]
pub struct SingleResponse<'a> {
    pub id: CertId<'a>,
    pub status: CertStatus,
    pub this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub next_update: Option<GeneralizedTime>,
}

#[derive(Choice)]
pub enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
pub struct RevokedInfo {
    pub at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub reason: Option<CrlReason>,
}

/// RFC 5280, section 5.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub enum CrlReason {
    Unspecified = 0,
    KeyCompromise = 1,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    PrivilegeWithdrawn = 9,
}

/// The octets of a nonce, out of its extension: an OCTET STRING in the extension's own (RFC 9654, section 2.1).
pub fn nonce(extension: &Extension<'_>) -> Option<Vec<u8>> {
    let octets = <&OctetStringRef>::from_der(extension.value.as_bytes()).ok()?;
    Some(octets.as_bytes().to_vec())
}

/// An answer without an answer.
pub fn failure(status: ResponseStatus) -> Vec<u8> {
    OcspResponse { status, bytes: None }.to_der().unwrap_or_default()
}
