//! One generation of the issuing CA at work: certificates and CRLs, signed by its key, under its name.

use rcgen::{
    CertificateRevocationListParams, Issuer, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber,
};
use shared::api::Purpose;
use time::OffsetDateTime;
use x509_parser::{
    certificate::X509Certificate, prelude::FromDer, revocation_list::CertificateRevocationList,
};

use super::open::PublicUrl;
use super::{Key, PublicKey, Serial, Subject, name, profile};

/// A certificate of the issuing CA with its key, ready to sign. Generation 1 is the one that the first start makes; the
/// greatest number issues, and those before it answer for what they issued. Made by `open`.
#[derive(Debug)]
pub struct Generation {
    pub(super) number: u32,
    pub(super) der: Vec<u8>,
    /// Upper-case hex.
    pub(super) serial: String,
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
    pub(super) key_identifier: KeyIdMethod,
    /// Its name as RFC 4514 text, and in DER.
    pub(super) name: String,
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Issuer<'static, Key>,
    pub(super) public_url: PublicUrl,
}

/// A certificate to issue. Record serial number and profile durably before it is signed.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub serial: Serial,
    pub purpose: Purpose,
    pub subject: Subject<'a>,
    pub key: &'a PublicKey,
    /// Fractions of a second are cut off: a certificate has none.
    pub not_before: OffsetDateTime,
    /// The last second of validity.
    pub not_after: OffsetDateTime,
}

/// A certificate that was issued. Names are RFC 4514 text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub der: Vec<u8>,
    pub subject: String,
    pub issuer: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    #[error("the certificate would end before it begins")]
    ValidityEmpty,
    #[error("the certificate would begin before the issuing CA's own, {issuer_from}")]
    PredatesIssuer { issuer_from: OffsetDateTime },
    #[error("the certificate would outlive the issuing CA's own, which ends {issuer_until}")]
    OutlivesIssuer { issuer_until: OffsetDateTime },
    #[error("the user has no name or no user ID to put into a certificate")]
    SubjectEmpty,
    #[error("the user ID is longer than the 256 characters that a certificate has room for")]
    UserIdTooLong,
    #[error("the certificate could not be made or signed")]
    Signing(#[source] rcgen::Error),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the CRL could not be made or signed")]
pub struct CrlError(#[from] pub(super) rcgen::Error);

/// Why a certificate is in the CRL (RFC 5280, section 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Unspecified,
    KeyCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    PrivilegeWithdrawn,
}

impl Reason {
    /// By its number; one that this CA never gives is no reason at all.
    pub const fn of(number: i32) -> Self {
        match number {
            1 => Self::KeyCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            _ => Self::Unspecified,
        }
    }
}

impl Generation {
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Its certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its certificate's serial number, upper-case hex.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// No certificate can be valid sooner.
    pub const fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// No certificate can be valid longer.
    pub const fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    /// Its name as RFC 4514 text: the issuer of all that it issues, and of nothing else.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a list (DER) bears its name and is signed by its key.
    pub fn has_signed(&self, crl: &[u8]) -> bool {
        X509Certificate::from_der(&self.der).is_ok_and(|(_, certificate)| is_list_of(&certificate, crl))
    }

    /// Its certificate is over, and with it all that it issued: it signs nothing any more.
    pub fn has_ended(&self, now: OffsetDateTime) -> bool {
        now > self.not_after
    }

    pub fn issue(&self, order: &Order<'_>) -> Result<Issued, IssueError> {
        let validity = (whole_seconds(order.not_before), whole_seconds(order.not_after));
        self.check_validity(validity)?;
        let subject = name::subject(&order.subject)?;
        let certificate =
            profile::end_entity(order, subject.encoded, validity, self.number, &self.public_url)
                .and_then(|params| params.signed_by(order.key, &self.issuer))
                .map_err(IssueError::Signing)?;
        Ok(Issued {
            der: certificate.der().to_vec(),
            subject: subject.text,
            issuer: self.name.clone(),
        })
    }

    /// A full CRL (DER). `number` grows from one to the next; `revoked` lists what is revoked or on hold, with the
    /// time since when.
    pub fn crl(
        &self,
        number: u64,
        this_update: OffsetDateTime,
        next_update: OffsetDateTime,
        revoked: &[(Serial, OffsetDateTime, Reason)],
    ) -> Result<Vec<u8>, CrlError> {
        let params = CertificateRevocationListParams {
            this_update: whole_seconds(this_update),
            next_update: whole_seconds(next_update),
            crl_number: number.into(),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(entry).collect(),
            key_identifier_method: self.key_identifier.clone(),
        };
        Ok(params.signed_by(&self.issuer)?.der().to_vec())
    }

    /// A responder's certificate is valid a little before its making, for those whose clock is behind.
    pub(super) fn responder_validity(
        &self,
        now: OffsetDateTime,
        not_after: OffsetDateTime,
    ) -> Result<(OffsetDateTime, OffsetDateTime), IssueError> {
        let from = (now - time::Duration::minutes(5)).max(self.not_before);
        let validity = (whole_seconds(from), whole_seconds(not_after));
        self.check_validity(validity)?;
        Ok(validity)
    }

    fn check_validity(&self, (from, until): (OffsetDateTime, OffsetDateTime)) -> Result<(), IssueError> {
        if from >= until {
            return Err(IssueError::ValidityEmpty);
        }
        if from < self.not_before {
            return Err(IssueError::PredatesIssuer {
                issuer_from: self.not_before,
            });
        }
        if until > self.not_after {
            return Err(IssueError::OutlivesIssuer {
                issuer_until: self.not_after,
            });
        }
        Ok(())
    }
}

fn entry((serial, since, reason): &(Serial, OffsetDateTime, Reason)) -> RevokedCertParams {
    RevokedCertParams {
        serial_number: SerialNumber::from_slice(serial.as_bytes()),
        revocation_time: whole_seconds(*since),
        reason_code: Some(match reason {
            Reason::Unspecified => RevocationReason::Unspecified,
            Reason::KeyCompromise => RevocationReason::KeyCompromise,
            Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
            Reason::Superseded => RevocationReason::Superseded,
            Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
            Reason::CertificateHold => RevocationReason::CertificateHold,
            Reason::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
        }),
        invalidity_date: None,
    }
}

fn whole_seconds(at: OffsetDateTime) -> OffsetDateTime {
    at.to_offset(time::UtcOffset::UTC)
        .replace_nanosecond(0)
        .unwrap_or(at)
}

/// A list (DER) that bears this certificate's name and is signed by its key.
pub(super) fn is_list_of(certificate: &X509Certificate<'_>, crl: &[u8]) -> bool {
    CertificateRevocationList::from_der(crl).is_ok_and(|(_, crl)| {
        crl.issuer().as_raw() == certificate.subject().as_raw()
            && crl.verify_signature(certificate.public_key()).is_ok()
    })
}
