//! The CA's own certificates as they lie on disk, and the checks that they have to pass at every start.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rcgen::{Issuer, PublicKeyData};
use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::{Key, OpenError, generation};

const MAX_OCTETS: u64 = 64 * 1024;

/// A certificate that parses as a whole; nothing more is promised before the checks.
#[derive(Debug, Clone)]
pub(super) struct CaCertificate {
    path: PathBuf,
    pub der: Vec<u8>,
    pub not_before: OffsetDateTime,
    pub not_after: OffsetDateTime,
}

impl CaCertificate {
    /// `None` where there is no such file.
    pub fn read(path: &Path) -> Result<Option<Self>, OpenError> {
        let mut der = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MAX_OCTETS).read_to_end(&mut der));
        match read {
            Ok(_) => Self::from_der(path, der).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(OpenError::Certificate {
                path: path.to_owned(),
                source,
            }),
        }
    }

    pub fn from_der(path: &Path, der: Vec<u8>) -> Result<Self, OpenError> {
        let mut certificate = Self {
            path: path.to_owned(),
            der,
            not_before: OffsetDateTime::UNIX_EPOCH,
            not_after: OffsetDateTime::UNIX_EPOCH,
        };
        let validity = certificate.parse()?.validity().clone();
        certificate.not_before = validity.not_before.to_datetime();
        certificate.not_after = validity.not_after.to_datetime();
        Ok(certificate)
    }

    pub fn parse(&self) -> Result<X509Certificate<'_>, OpenError> {
        match X509Certificate::from_der(&self.der) {
            Ok(([], certificate)) => Ok(certificate),
            _ => Err(OpenError::Damaged {
                path: self.path.clone(),
            }),
        }
    }

    pub fn check_root(&self, now: OffsetDateTime) -> Result<(), OpenError> {
        let certificate = self.parse()?;
        self.check_ca(&certificate)?;
        self.check_begun(now)?;
        if certificate.verify_signature(None).is_err() {
            return Err(self.unfit("it is not signed by its own key"));
        }
        if now > self.not_after {
            return Err(OpenError::RootExpired {
                path: self.path.clone(),
                at: self.not_after,
            });
        }
        Ok(())
    }

    /// Says nothing of the time: what an earlier generation issued must be looked after until its end.
    pub fn check_issued_by(&self, root: &Self) -> Result<(), OpenError> {
        let (certificate, issuer) = (self.parse()?, root.parse()?);
        self.check_ca(&certificate)?;
        if certificate.issuer().as_raw() != issuer.subject().as_raw() {
            return Err(self.unfit("its issuer is not the root"));
        }
        if certificate.verify_signature(Some(issuer.public_key())).is_err() {
            return Err(self.unfit("it is not signed by the root"));
        }
        Ok(())
    }

    /// It may issue now.
    pub fn check_time(&self, now: OffsetDateTime) -> Result<(), OpenError> {
        self.check_begun(now)?;
        if now > self.not_after {
            return Err(OpenError::Expired {
                path: self.path.clone(),
                at: self.not_after,
            });
        }
        Ok(())
    }

    fn check_begun(&self, now: OffsetDateTime) -> Result<(), OpenError> {
        if now < self.not_before {
            return Err(OpenError::NotYetValid {
                path: self.path.clone(),
                at: self.not_before,
            });
        }
        Ok(())
    }

    /// The key in the key store is the one that this certificate is over.
    pub fn check_key(&self, key: &Key) -> Result<(), OpenError> {
        if self.parse()?.public_key().raw == key.subject_public_key_info() {
            Ok(())
        } else {
            Err(self.unfit("it is not over the key in the key store"))
        }
    }

    /// A CRL (DER) that bears this certificate's name and is signed by its key.
    pub fn check_signed(&self, crl: &[u8]) -> Result<(), OpenError> {
        if generation::is_list_of(&self.parse()?, crl) {
            Ok(())
        } else {
            Err(self.unfit("what its key signs does not verify"))
        }
    }

    /// This certificate's name together with its key, for rcgen to sign with.
    pub fn issuer(&self, key: Key) -> Result<Issuer<'static, Key>, OpenError> {
        Issuer::from_ca_cert_der(&CertificateDer::from(self.der.as_slice()), key)
            .map_err(|_| self.unfit("its name or its extensions are of a kind that this CA does not write"))
    }

    fn check_ca(&self, certificate: &X509Certificate<'_>) -> Result<(), OpenError> {
        let usage = certificate.key_usage().ok().flatten();
        if !certificate.is_ca()
            || !usage.is_some_and(|usage| usage.value.key_cert_sign() && usage.value.crl_sign())
        {
            return Err(self.unfit("it is not a CA's, or may not sign certificates and CRLs"));
        }
        Ok(())
    }

    fn unfit(&self, fault: &'static str) -> OpenError {
        OpenError::Unfit {
            path: self.path.clone(),
            fault,
        }
    }
}
