//! A certificate as those see it who rely on it: chain, validity, and what list and responder say of it. Nothing here
//! asks the CA's book; what was published is all that counts.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use shared::api::CheckResult;
use time::OffsetDateTime;
use x509_parser::{
    certificate::X509Certificate,
    extensions::ParsedExtension,
    prelude::{FromDer, ReasonCode},
    revocation_list::{CertificateRevocationList, RevokedCertificate},
};

/// A certificate and those above it, DER.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    pub certificate: &'a [u8],
    pub issuer: &'a [u8],
    pub root: &'a [u8],
}

/// The same, taken apart.
pub(super) struct Parsed<'a> {
    pub certificate: X509Certificate<'a>,
    pub issuer: X509Certificate<'a>,
    root: X509Certificate<'a>,
}

impl<'a> Path<'a> {
    pub(super) fn parse(&self) -> Option<Parsed<'a>> {
        let whole = |der: &'a [u8]| match X509Certificate::from_der(der) {
            Ok(([], certificate)) => Some(certificate),
            _ => None,
        };
        Some(Parsed {
            certificate: whole(self.certificate)?,
            issuer: whole(self.issuer)?,
            root: whole(self.root)?,
        })
    }

    /// From the certificate to the root (RFC 5280, section 6.1): names, signatures, what a CA may do, the time of those
    /// above. The certificate's own time is `validity`'s.
    pub fn chain(&self, now: OffsetDateTime) -> CheckResult {
        let holds = self.parse().is_some_and(|path| {
            is_issued_by(&path.certificate, &path.issuer)
                && is_issued_by(&path.issuer, &path.root)
                && is_issued_by(&path.root, &path.root)
                && [&path.issuer, &path.root].iter().all(|ca| is_ca(ca, now))
                && !has_strange_critical_extension(&path.certificate)
        });
        if holds {
            CheckResult::Good
        } else {
            CheckResult::ChainBroken
        }
    }

    pub fn validity(&self, now: OffsetDateTime) -> CheckResult {
        let Some(path) = self.parse() else {
            return CheckResult::ChainBroken;
        };
        let validity = path.certificate.validity();
        if now < validity.not_before.to_datetime() {
            CheckResult::NotYetValid
        } else if now > validity.not_after.to_datetime() {
            CheckResult::Expired
        } else {
            CheckResult::Good
        }
    }

    /// What a list (DER) says of it (RFC 5280, section 6.3).
    pub fn crl(&self, list: &[u8], now: OffsetDateTime) -> CheckResult {
        let (Some(path), Ok(([], list))) = (self.parse(), CertificateRevocationList::from_der(list)) else {
            return CheckResult::Unavailable;
        };
        let is_theirs = list.issuer().as_raw() == path.issuer.subject().as_raw()
            && list.verify_signature(path.issuer.public_key()).is_ok();
        if !is_theirs {
            return CheckResult::Unavailable;
        }
        let is_current = list.last_update().to_datetime() <= now
            && list.next_update().is_some_and(|next| now < next.to_datetime());
        if !is_current {
            return CheckResult::NotCurrent;
        }
        let serial = path.certificate.raw_serial();
        let entry = list
            .iter_revoked_certificates()
            .find(|entry| entry.raw_serial() == serial);
        match entry.map(RevokedCertificate::reason_code) {
            None => CheckResult::Good,
            Some(Some((_, ReasonCode::CertificateHold))) => CheckResult::OnHold,
            Some(_) => CheckResult::Revoked,
        }
    }
}

pub(super) fn is_issued_by(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

fn is_ca(certificate: &X509Certificate<'_>, now: OffsetDateTime) -> bool {
    let signs = certificate
        .key_usage()
        .is_ok_and(|usage| usage.is_some_and(|usage| usage.value.key_cert_sign()));
    let validity = certificate.validity();
    certificate.is_ca()
        && signs
        && (validity.not_before.to_datetime()..=validity.not_after.to_datetime()).contains(&now)
}

/// One that nobody understands makes a certificate worthless (RFC 5280, section 4.2).
fn has_strange_critical_extension(certificate: &X509Certificate<'_>) -> bool {
    certificate.iter_extensions().any(|extension| {
        let is_understood = matches!(
            extension.parsed_extension(),
            ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::BasicConstraints(_)
                | ParsedExtension::SubjectAlternativeName(_)
        );
        extension.critical && !is_understood
    })
}

/// ECDSA over P-256 with SHA-256, as responders sign; `signature` in DER.
pub(super) fn is_signed(signer: &X509Certificate<'_>, message: &[u8], signature: &[u8]) -> bool {
    let key = &signer.public_key().subject_public_key.data;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
        .verify(message, signature)
        .is_ok()
}
