//! What the server issued, checked before it is kept: every certificate is over the key that was made for it, says
//! its purpose, and its chain ends at a root; every archived key is unwrapped, fits its certificate, and answers its
//! challenge.

mod delivered;

use shared::api::{Installation, InstalledCertificate, KeyProof, Purpose};
use shared::protocol;
use x509_parser::prelude::{FromDer, KeyUsage, X509Certificate};

use super::key::Keys;
pub use delivered::Delivered;

/// Why an installation is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a certificate cannot be read")]
    Unreadable,
    #[error("there is not exactly one certificate for each key")]
    WrongSet,
    #[error("a certificate came without its archived key")]
    KeyMissing,
    #[error("an archived key cannot be unwrapped: it was changed on its way, or sealed to another phone")]
    NotUnwrapped,
    #[error("the challenge to an archived key cannot be answered")]
    NoAnswer,
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
#[derive(Debug)]
pub struct Installed {
    /// Over the phone's own keys.
    pub certificates: Vec<(Purpose, Vec<u8>)>,
    /// The new encryption certificate, where there is one.
    pub encryption: Option<Delivered>,
    /// Earlier encryption certificates.
    pub recovered: Vec<Delivered>,
    /// Issuing CA first, root last.
    pub chain: Vec<Vec<u8>>,
}

impl Installed {
    pub fn check(keys: &Keys, installation: &Installation) -> Result<Self, Fault> {
        let chain = octets(&installation.chain)?;
        let issuers = parse(&chain)?;
        check_chain(&issuers)?;
        let issuer = issuers.first().ok_or(Fault::BrokenChain)?;
        check_set(keys, installation)?;

        let (delivered, own): (Vec<&InstalledCertificate>, Vec<_>) = installation
            .certificates
            .iter()
            .partition(|entry| entry.purpose == Purpose::Encryption);
        let own: Result<_, Fault> = own
            .into_iter()
            .map(|entry| Ok((entry.purpose, check_own(entry, keys, issuer)?)))
            .collect();
        let take = |entry: &InstalledCertificate| Delivered::take(entry, keys, installation.mobile_id);
        let encryption = delivered.into_iter().map(take).next().transpose()?;
        if let Some(encryption) = &encryption {
            check_signature(&parse_one(&encryption.certificate)?, issuer)?;
        }
        // Earlier ones may be from an earlier generation of the CA, whose certificate is not here: they are good for
        // reading alone, and for that it counts that the key fits.
        let recovered: Result<_, Fault> = installation.recovered.iter().map(take).collect();
        Ok(Self {
            certificates: own?,
            encryption,
            recovered: recovered?,
            chain,
        })
    }

    /// All certificates, in the order of the receipt.
    pub fn in_receipt(&self) -> Vec<(Purpose, Vec<u8>)> {
        let delivered = self
            .delivered()
            .map(|delivered| (Purpose::Encryption, delivered.certificate.clone()));
        self.certificates.iter().cloned().chain(delivered).collect()
    }

    pub fn proofs(&self) -> Vec<KeyProof> {
        self.delivered().filter_map(Delivered::proof).collect()
    }

    fn delivered(&self) -> impl Iterator<Item = &Delivered> {
        self.encryption.iter().chain(&self.recovered)
    }
}

/// One certificate for each own key, at most one new encryption certificate, none twice.
fn check_set(keys: &Keys, installation: &Installation) -> Result<(), Fault> {
    let (new, earlier) = (&installation.certificates, &installation.recovered);
    let mut wanted: Vec<Purpose> = keys.own.iter().map(|key| key.purpose).collect();
    let mut given: Vec<Purpose> = new.iter().map(|entry| entry.purpose).collect();
    if given.contains(&Purpose::Encryption) {
        wanted.push(Purpose::Encryption);
    }
    wanted.sort_unstable();
    given.sort_unstable();
    let mut serials: Vec<&str> = new.iter().chain(earlier).map(|entry| &*entry.serial).collect();
    serials.sort_unstable();
    let are_different = serials.is_sorted_by(|a, b| a < b);
    let is_earlier = |entry: &InstalledCertificate| entry.purpose == Purpose::Encryption;
    if wanted == given && are_different && earlier.iter().all(is_earlier) {
        Ok(())
    } else {
        Err(Fault::WrongSet)
    }
}

fn check_own(
    entry: &InstalledCertificate,
    keys: &Keys,
    issuer: &X509Certificate<'_>,
) -> Result<Vec<u8>, Fault> {
    let der = protocol::decode(&entry.certificate).ok_or(Fault::Unreadable)?;
    let certificate = parse_one(&der)?;
    let mut own = keys.own.iter();
    let key = own
        .find(|key| key.purpose == entry.purpose)
        .ok_or(Fault::WrongSet)?;
    if certificate.public_key().raw != key.spki {
        return Err(Fault::ForeignKey);
    }
    check_serial(entry, &certificate)?;
    check_usage(&certificate, |usage| match entry.purpose {
        Purpose::Authentication => usage.digital_signature(),
        Purpose::Signature => usage.non_repudiation(),
        Purpose::Encryption => false,
    })?;
    check_signature(&certificate, issuer)?;
    Ok(der)
}

fn octets(texts: &[String]) -> Result<Vec<Vec<u8>>, Fault> {
    texts
        .iter()
        .map(|text| protocol::decode(text).ok_or(Fault::Unreadable))
        .collect()
}

fn parse(certificates: &[Vec<u8>]) -> Result<Vec<X509Certificate<'_>>, Fault> {
    certificates.iter().map(|der| parse_one(der)).collect()
}

fn parse_one(der: &[u8]) -> Result<X509Certificate<'_>, Fault> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(Fault::Unreadable),
    }
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

fn check_serial(entry: &InstalledCertificate, certificate: &X509Certificate<'_>) -> Result<(), Fault> {
    if entry.serial == hex(certificate.raw_serial()) {
        Ok(())
    } else {
        Err(Fault::WrongSerial)
    }
}

fn check_usage(certificate: &X509Certificate<'_>, fits: impl Fn(&KeyUsage) -> bool) -> Result<(), Fault> {
    let usage = certificate.key_usage().ok().flatten();
    if usage.is_some_and(|usage| fits(usage.value)) && !certificate.is_ca() {
        Ok(())
    } else {
        Err(Fault::WrongUsage)
    }
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .fold(String::new(), |text, octet| format!("{text}{octet:02X}"))
}

#[cfg(test)]
mod tests;
