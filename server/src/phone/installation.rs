//! What the server issued, checked before it is kept: every certificate is over the key that was made for it, says
//! its purpose, and its chain ends at a root.

use shared::api::{Installation, Purpose};
use shared::protocol;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::key::Key;

/// Why an installation is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a certificate cannot be read")]
    Unreadable,
    #[error("there is not exactly one certificate for each key")]
    WrongSet,
    #[error("a certificate is over another key than the one that was made for it")]
    ForeignKey,
    #[error("a certificate's serial number is another than the server says")]
    WrongSerial,
    #[error("a certificate's key usage is not that of its purpose")]
    WrongUsage,
    #[error("the chain of certificates does not lead to a root")]
    BrokenChain,
}

/// An installation that was checked. All DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub certificates: Vec<(Purpose, Vec<u8>)>,
    /// Issuing CA first, root last.
    pub chain: Vec<Vec<u8>>,
}

impl Installed {
    pub fn check(keys: &[Key], installation: &Installation) -> Result<Self, Fault> {
        let chain = octets(installation.chain.iter())?;
        let certificates = octets(installation.certificates.iter().map(|entry| &entry.certificate))?;
        let issuers = parse(&chain)?;
        check_chain(&issuers)?;
        let issuer = issuers.first().ok_or(Fault::BrokenChain)?;

        let mut wanted: Vec<Purpose> = keys.iter().map(|key| key.purpose).collect();
        let mut given: Vec<Purpose> = installation
            .certificates
            .iter()
            .map(|entry| entry.purpose)
            .collect();
        wanted.sort_unstable();
        given.sort_unstable();
        if wanted != given {
            return Err(Fault::WrongSet);
        }
        for (entry, certificate) in installation.certificates.iter().zip(parse(&certificates)?) {
            let key = keys
                .iter()
                .find(|key| key.purpose == entry.purpose)
                .ok_or(Fault::WrongSet)?;
            if certificate.public_key().raw != key.spki {
                return Err(Fault::ForeignKey);
            }
            if entry.serial != hex(certificate.raw_serial()) {
                return Err(Fault::WrongSerial);
            }
            check_usage(entry.purpose, &certificate)?;
            check_signature(&certificate, issuer)?;
        }
        let purposes = installation.certificates.iter().map(|entry| entry.purpose);
        Ok(Self {
            certificates: purposes.zip(certificates).collect(),
            chain,
        })
    }
}

fn octets<'a>(texts: impl Iterator<Item = &'a String>) -> Result<Vec<Vec<u8>>, Fault> {
    texts
        .map(|text| protocol::decode(text).ok_or(Fault::Unreadable))
        .collect()
}

fn parse(certificates: &[Vec<u8>]) -> Result<Vec<X509Certificate<'_>>, Fault> {
    certificates
        .iter()
        .map(|der| match X509Certificate::from_der(der) {
            Ok(([], certificate)) => Ok(certificate),
            _ => Err(Fault::Unreadable),
        })
        .collect()
}

/// Each CA's certificate is signed by the next, the last one by itself.
fn check_chain(chain: &[X509Certificate<'_>]) -> Result<(), Fault> {
    let Some(root) = chain.last() else {
        return Err(Fault::BrokenChain);
    };
    let issuers = chain.iter().skip(1).chain([root]);
    for (certificate, issuer) in chain.iter().zip(issuers) {
        let may_sign = certificate
            .key_usage()
            .is_ok_and(|usage| usage.is_some_and(|usage| usage.value.key_cert_sign()));
        if !certificate.is_ca() || !may_sign {
            return Err(Fault::BrokenChain);
        }
        check_signature(certificate, issuer)?;
    }
    Ok(())
}

fn check_signature(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Result<(), Fault> {
    let within = issuer.validity().not_before <= certificate.validity().not_before
        && certificate.validity().not_after <= issuer.validity().not_after;
    let named = certificate.issuer().as_raw() == issuer.subject().as_raw();
    if within && named && certificate.verify_signature(Some(issuer.public_key())).is_ok() {
        Ok(())
    } else {
        Err(Fault::BrokenChain)
    }
}

fn check_usage(purpose: Purpose, certificate: &X509Certificate<'_>) -> Result<(), Fault> {
    let usage = certificate
        .key_usage()
        .ok()
        .flatten()
        .ok_or(Fault::WrongUsage)?
        .value;
    let fits = match purpose {
        Purpose::Authentication => usage.digital_signature(),
        Purpose::Signature => usage.non_repudiation(),
        Purpose::Encryption => usage.key_agreement(),
    };
    if fits && !certificate.is_ca() {
        Ok(())
    } else {
        Err(Fault::WrongUsage)
    }
}

fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .fold(String::new(), |text, octet| format!("{text}{octet:02X}"))
}

#[cfg(test)]
mod tests;
