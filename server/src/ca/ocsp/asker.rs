//! The other end: a request for one certificate, and what its answer is worth (RFC 6960, sections 3.2 and 4.2.2).

use aws_lc_rs::digest;
use der::{
    Decode, Encode,
    asn1::{Int, Null, OctetStringRef},
};
use shared::api::CheckResult;
use time::OffsetDateTime;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::message::{
    self, AlgorithmIdentifier, BasicResponse, CertId, CertStatus, CrlReason, Extension, OcspRequest,
    OcspResponse, Request, ResponseData, ResponseStatus, SingleResponse, TbsRequest,
};
use crate::ca::reliance::{Parsed, Path, is_issued_by, is_signed};

/// Asks for the status of one certificate, with a nonce, so that no answer from before serves.
#[derive(Debug)]
pub struct Question<'a> {
    path: Path<'a>,
    nonce: [u8; 32],
}

impl<'a> Question<'a> {
    pub const fn new(path: Path<'a>, nonce: [u8; 32]) -> Self {
        Self { path, nonce }
    }

    /// DER. `None` where the certificate does not parse.
    pub fn request(&self) -> Option<Vec<u8>> {
        let path = self.path.parse()?;
        let (name, key) = hashes(&path);
        let nonce = OctetStringRef::new(&self.nonce).ok()?.to_der().ok()?;
        let id = CertId {
            hash: AlgorithmIdentifier {
                algorithm: message::SHA_256,
                parameters: Some(Null.into()),
            },
            issuer_name_hash: OctetStringRef::new(name.as_ref()).ok()?,
            issuer_key_hash: OctetStringRef::new(key.as_ref()).ok()?,
            serial: Int::new(path.certificate.raw_serial()).ok()?,
        };
        OcspRequest {
            tbs: TbsRequest {
                version: None,
                requestor: None,
                list: vec![Request { id, extensions: None }],
                extensions: Some(vec![Extension {
                    id: message::NONCE,
                    critical: false,
                    value: OctetStringRef::new(&nonce).ok()?,
                }]),
            },
            signature: None,
        }
        .to_der()
        .ok()
    }

    /// `response`: DER.
    pub fn judge(&self, response: &[u8], now: OffsetDateTime) -> CheckResult {
        let Some(path) = self.path.parse() else {
            return CheckResult::Unavailable;
        };
        let Ok(response) = OcspResponse::from_der(response) else {
            return CheckResult::Unavailable;
        };
        match (response.status, response.bytes) {
            (ResponseStatus::Successful, Some(bytes)) if bytes.kind == message::BASIC => self
                .read(&path, bytes.response.as_bytes(), now)
                .unwrap_or(CheckResult::Unavailable),
            (ResponseStatus::Unauthorized, _) => CheckResult::Unknown,
            _ => CheckResult::Unavailable,
        }
    }

    /// `None` where the answer is not one that anybody may rely on.
    fn read(&self, path: &Parsed<'_>, basic: &[u8], now: OffsetDateTime) -> Option<CheckResult> {
        let basic = BasicResponse::from_der(basic).ok()?;
        let data = basic.data.to_der().ok()?;
        let responder = basic.certificates.as_ref()?.first()?.to_der().ok()?;
        let ([], responder) = X509Certificate::from_der(&responder).ok()? else {
            return None;
        };
        let may_answer = is_issued_by(&responder, &path.issuer)
            && responder.validity().is_valid_at(asn1_time(now)?)
            && responder
                .extended_key_usage()
                .is_ok_and(|usage| usage.is_some_and(|usage| usage.value.ocsp_signing));
        if !may_answer || !is_signed(&responder, &data, basic.signature.raw_bytes()) {
            return None;
        }
        let data = ResponseData::from_der(&data).ok()?;
        let repeats_nonce = data.extensions.iter().flatten().any(|extension| {
            extension.id == message::NONCE && message::nonce(extension).as_deref() == Some(&self.nonce)
        });
        if !repeats_nonce {
            return None;
        }
        let (name, key) = hashes(path);
        let is_asked_for = |answer: &&SingleResponse<'_>| {
            answer.id.hash.algorithm == message::SHA_256
                && answer.id.issuer_name_hash.as_bytes() == name.as_ref()
                && answer.id.issuer_key_hash.as_bytes() == key.as_ref()
                && answer.id.serial.as_bytes() == path.certificate.raw_serial()
        };
        let answer = data.responses.iter().find(is_asked_for)?;
        Some(status(answer, now))
    }
}

fn status(answer: &SingleResponse<'_>, now: OffsetDateTime) -> CheckResult {
    let at = |time: &der::asn1::GeneralizedTime| {
        OffsetDateTime::UNIX_EPOCH + std::time::Duration::from_secs(time.to_unix_duration().as_secs())
    };
    let is_current =
        at(&answer.this_update) <= now && answer.next_update.as_ref().is_none_or(|next| now < at(next));
    if !is_current {
        return CheckResult::NotCurrent;
    }
    match &answer.status {
        CertStatus::Good(_) => CheckResult::Good,
        CertStatus::Revoked(revoked) if revoked.reason == Some(CrlReason::CertificateHold) => {
            CheckResult::OnHold
        }
        CertStatus::Revoked(_) => CheckResult::Revoked,
        CertStatus::Unknown(_) => CheckResult::Unknown,
    }
}

/// Of the issuer's name and of its key (RFC 6960, section 4.1.1).
fn hashes(path: &Parsed<'_>) -> (digest::Digest, digest::Digest) {
    let of = |octets: &[u8]| digest::digest(&digest::SHA256, octets);
    (
        of(path.issuer.subject().as_raw()),
        of(&path.issuer.public_key().subject_public_key.data),
    )
}

fn asn1_time(now: OffsetDateTime) -> Option<x509_parser::time::ASN1Time> {
    x509_parser::time::ASN1Time::from_timestamp(now.unix_timestamp()).ok()
}
