//! The root's own certificate revocation list: of issuing CAs that count no more, so none so far. Whoever checks a whole
//! chain wants it (RFC 5280, section 6.3). It is signed where the root's key is at hand, and lasts long, because that
//! key may be kept elsewhere.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rcgen::CertificateRevocationListParams;
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::certificate_file::CaCertificate;
use super::{Key, OpenError, profile};
use crate::durable_file;

const LIFETIME: Duration = Duration::days(366);

/// The file that holds it.
#[derive(Debug, Clone)]
pub(super) struct RootList(PathBuf);

impl RootList {
    /// Signs the next one where there is none, or half the life of the one that there is is over; without the root's key
    /// everything stays as it is.
    pub fn keep(
        dir: &Path,
        root: &CaCertificate,
        key: Option<&Key>,
        now: OffsetDateTime,
    ) -> Result<Self, OpenError> {
        let list = Self(dir.join("root.crl"));
        let Some(key) = key else { return Ok(list) };
        let before = list.read().map_err(|source| list.failed(source))?;
        let before = before.as_deref().and_then(seen);
        if before.is_some_and(|(_, until)| now < until - LIFETIME / 2) {
            return Ok(list);
        }
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let number = before.map_or(millis, |(number, _)| millis.max(number + 1));
        let der = signed(root, key, number, now)?;
        root.check_signed(&der)?;
        durable_file::replace(&list.0, &der, durable_file::PUBLIC).map_err(|source| list.failed(source))?;
        Ok(list)
    }

    /// As it is now: a command line may have signed the next one. `None`: the root's key was away when it was asked for.
    pub fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(&self.0) {
            Ok(der) => Ok(Some(der)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn failed(&self, source: io::Error) -> OpenError {
        OpenError::Certificate {
            path: self.0.clone(),
            source,
        }
    }
}

/// Number and end of a list (DER).
fn seen(der: &[u8]) -> Option<(u64, OffsetDateTime)> {
    let (_, list) = CertificateRevocationList::from_der(der).ok()?;
    let number = u64::try_from(list.crl_number()?.clone()).ok()?;
    Some((number, list.next_update()?.to_datetime()))
}

fn signed(root: &CaCertificate, key: &Key, number: u64, now: OffsetDateTime) -> Result<Vec<u8>, OpenError> {
    let second = |at: OffsetDateTime| at.replace_nanosecond(0).unwrap_or(at);
    let params = CertificateRevocationListParams {
        this_update: second(now),
        next_update: second((now + LIFETIME).min(root.not_after)),
        crl_number: number.into(),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: profile::key_identifier(key),
    };
    let list = params.signed_by(&root.issuer(key.clone())?);
    Ok(list.map_err(OpenError::Signing)?.der().to_vec())
}
