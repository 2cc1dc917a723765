//! Certificate profiles under RFC 5280: what stands in a root, an issuing and a user's certificate, and in no other
//! place. Starts from no default of rcgen's that matters: validity, serial number and key identifiers are given.

use aws_lc_rs::digest;
use der::asn1::{Ia5StringRef, ObjectIdentifier};
use der::{Encode, Sequence};
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, PublicKeyData,
};
use shared::api::Purpose;
use shared::url::pki;
use time::{Duration, OffsetDateTime};

use super::generation::Order;
use super::open::PublicUrl;
use super::public_key::Kind;
use super::{Serial, name};

const ROOT_YEARS: i64 = 20;
const ISSUING_YEARS: i64 = 10;
/// A CA is valid from a little before it was made: clocks differ.
const CA_HEAD_START: Duration = Duration::hours(1);

/// id-kp-documentSigning (RFC 9336).
const DOCUMENT_SIGNING: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 36];
/// id-pe-authorityInfoAccess (RFC 5280, section 4.2.2.1).
const AUTHORITY_INFORMATION_ACCESS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
/// id-pkix-ocsp-nocheck (RFC 6960, section 4.2.2.2.1).
const OCSP_NO_CHECK: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 5];
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

#[derive(Sequence)]
struct AccessDescription<'a> {
    method: ObjectIdentifier,
    #[asn1(context_specific = "6", tag_mode = "IMPLICIT")]
    location: Ia5StringRef<'a>,
}

/// Self-signed, and used for nothing but signing the issuing CA.
pub(super) fn root(
    serial: Serial,
    host: &str,
    now: OffsetDateTime,
    key: &impl PublicKeyData,
) -> CertificateParams {
    let validity = (now - CA_HEAD_START, now + years(ROOT_YEARS));
    let mut params = common(serial, name::authority("Smart ID Root CA", host), validity, key);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Signs users' certificates and the CRL. Its name tells its generation; it ends with the root at the latest.
pub(super) fn issuing(
    serial: Serial,
    generation: u32,
    public_url: &PublicUrl,
    (now, root_ends): (OffsetDateTime, OffsetDateTime),
    key: &impl PublicKeyData,
) -> Result<CertificateParams, rcgen::Error> {
    let validity = (now - CA_HEAD_START, (now + years(ISSUING_YEARS)).min(root_ends));
    let role = match generation {
        1 => "Smart ID Issuing CA".to_owned(),
        later => format!("Smart ID Issuing CA {later}"),
    };
    let subject = name::authority(&role, &public_url.host);
    let mut params = common(serial, subject, validity, key);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.custom_extensions = vec![information_access(&[(CA_ISSUERS, public_url.to(pki::ROOT))])?];
    Ok(params)
}

/// A user's certificate, by this generation of the issuing CA.
pub(super) fn end_entity(
    order: &Order<'_>,
    subject: DistinguishedName,
    validity: (OffsetDateTime, OffsetDateTime),
    generation: u32,
    public_url: &PublicUrl,
) -> Result<CertificateParams, rcgen::Error> {
    let (key_usage, extended_key_usages) = usages(order.purpose, order.key.kind());
    let mut params = common(order.serial, subject, validity, order.key);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![key_usage];
    params.extended_key_usages = extended_key_usages;
    params.subject_alt_names = name::alternative(&order.subject).into_iter().collect();
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec![public_url.to(&pki::crl(generation))],
    }];
    params.custom_extensions = vec![information_access(&[
        (OCSP, public_url.to(pki::OCSP)),
        (CA_ISSUERS, public_url.to(&pki::issuing(generation))),
    ])?];
    Ok(params)
}

/// An OCSP responder's certificate (RFC 6960, section 4.2.2.2): signs answers and nothing else, and is looked up in no
/// list, because it is short-lived.
pub(super) fn responder(
    serial: Serial,
    validity: (OffsetDateTime, OffsetDateTime),
    key: &impl PublicKeyData,
    generation: u32,
    public_url: &PublicUrl,
) -> Result<CertificateParams, rcgen::Error> {
    let subject = name::authority("Smart ID OCSP Responder", &public_url.host);
    let mut params = common(serial, subject, validity, key);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
    params.use_authority_key_identifier_extension = true;
    let der_null = vec![5, 0];
    params.custom_extensions = vec![
        information_access(&[(CA_ISSUERS, public_url.to(&pki::issuing(generation)))])?,
        CustomExtension::from_oid_content(OCSP_NO_CHECK, der_null),
    ];
    Ok(params)
}

fn common(
    serial: Serial,
    subject: DistinguishedName,
    (not_before, not_after): (OffsetDateTime, OffsetDateTime),
    key: &impl PublicKeyData,
) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.serial_number = Some(serial.as_bytes().to_vec().into());
    params.distinguished_name = subject;
    params.not_before = not_before;
    params.not_after = not_after;
    params.key_identifier_method = key_identifier(key);
    params
}

/// RFC 7093, section 2, method 1: the leftmost 160 bits of SHA-256 over the BIT STRING's contents.
pub(super) fn key_identifier(key: &impl PublicKeyData) -> KeyIdMethod {
    let hash = digest::digest(&digest::SHA256, key.der_bytes());
    KeyIdMethod::PreSpecified(hash.as_ref().iter().take(20).copied().collect())
}

fn usages(purpose: Purpose, kind: Kind) -> (KeyUsagePurpose, Vec<ExtendedKeyUsagePurpose>) {
    let email = ExtendedKeyUsagePurpose::EmailProtection;
    match (purpose, kind) {
        (Purpose::Authentication, _) => (
            KeyUsagePurpose::DigitalSignature,
            vec![ExtendedKeyUsagePurpose::ClientAuth],
        ),
        (Purpose::Signature, _) => (
            KeyUsagePurpose::ContentCommitment,
            vec![email, ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec())],
        ),
        // RFC 8813, section 3: a key on a curve agrees on keys, it enciphers none.
        (Purpose::Encryption, Kind::P256 | Kind::P384) => (KeyUsagePurpose::KeyAgreement, vec![email]),
        (Purpose::Encryption, Kind::Rsa) => (KeyUsagePurpose::KeyEncipherment, vec![email]),
    }
}

fn information_access(entries: &[(ObjectIdentifier, String)]) -> Result<CustomExtension, rcgen::Error> {
    let descriptions: Result<Vec<_>, der::Error> = entries
        .iter()
        .map(|(method, url)| {
            Ok(AccessDescription {
                method: *method,
                location: Ia5StringRef::new(url)?,
            })
        })
        .collect();
    let content = descriptions
        .and_then(|descriptions| descriptions.to_der())
        .map_err(|_| rcgen::Error::UnsupportedExtension)?;
    Ok(CustomExtension::from_oid_content(
        AUTHORITY_INFORMATION_ACCESS,
        content,
    ))
}

fn years(years: i64) -> Duration {
    Duration::days(365 * years + years / 4)
}
