//! The encrypted content and its cipher: AES-CBC (RFC 3565), and AES-GCM (RFC 5084) in AuthEnvelopedData.

use der::oid::ObjectIdentifier;

use super::ber::{OCTET_STRING, Reader, SEQUENCE, SET, joined, primitive, tag};
use super::{CmsError, Unsupported};

/// How the content is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cipher<'a> {
    /// With PKCS#7 padding. Nothing tells whether the content was changed.
    Cbc { key_octets: usize, iv: &'a [u8; 16] },
    Gcm {
        key_octets: usize,
        nonce: &'a [u8; 12],
        /// 12 to 16 octets.
        tag: &'a [u8],
        /// Additional authenticated data: the attributes as a SET (DER), or nothing.
        aad: Vec<u8>,
    },
}

impl Cipher<'_> {
    /// Of the content-encryption key.
    pub const fn key_octets(&self) -> usize {
        match self {
            Self::Cbc { key_octets, .. } | Self::Gcm { key_octets, .. } => *key_octets,
        }
    }
}

#[derive(Clone, Copy)]
enum Mode {
    Cbc,
    Gcm,
}

/// Below 2.16.840.1.101.3.4.1 (NIST, AES).
const CIPHERS: [(ObjectIdentifier, Mode, usize); 6] = [
    (oid("2.16.840.1.101.3.4.1.2"), Mode::Cbc, 16),
    (oid("2.16.840.1.101.3.4.1.22"), Mode::Cbc, 24),
    (oid("2.16.840.1.101.3.4.1.42"), Mode::Cbc, 32),
    (oid("2.16.840.1.101.3.4.1.6"), Mode::Gcm, 16),
    (oid("2.16.840.1.101.3.4.1.26"), Mode::Gcm, 24),
    (oid("2.16.840.1.101.3.4.1.46"), Mode::Gcm, 32),
];
const TRIPLE_DES: ObjectIdentifier = oid("1.2.840.113549.3.7");
const RC2: ObjectIdentifier = oid("1.2.840.113549.3.2");

/// RFC 5084, section 3.2.
const DEFAULT_TAG_OCTETS: u8 = 12;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// EncryptedContentInfo.
pub struct Content<'a> {
    mode: Mode,
    key_octets: usize,
    parameters: Reader<'a>,
    octets: Vec<u8>,
}

pub fn read(info: &[u8]) -> Result<Content<'_>, CmsError> {
    let mut info = Reader::new(info);
    info.oid()?;
    let mut parameters = Reader::new(info.take(SEQUENCE)?);
    let algorithm = parameters.oid()?;
    let (_, mode, key_octets) = CIPHERS
        .into_iter()
        .find(|(known, ..)| *known == algorithm)
        .ok_or_else(|| unsupported(algorithm))?;
    let octets = match info.first() {
        Some(first) if first == primitive(0) => info.next()?.value.to_vec(),
        Some(first) if first == tag(0) => joined(info.next()?.value)?,
        _ => return Err(Unsupported::named("encrypted content in a file of its own").into()),
    };
    info.end()?;
    Ok(Content {
        mode,
        key_octets,
        parameters,
        octets,
    })
}

fn unsupported(algorithm: ObjectIdentifier) -> CmsError {
    let unsupported = match algorithm {
        TRIPLE_DES => Unsupported::named("Triple DES, which is no longer safe; the sender should take AES"),
        RC2 => Unsupported::named("RC2, which is not safe; the sender should take AES"),
        other => Unsupported(format!("the cipher {other}").into()),
    };
    unsupported.into()
}

impl<'a> Content<'a> {
    /// Of EnvelopedData.
    pub fn plain(mut self) -> Result<(Cipher<'a>, Vec<u8>), CmsError> {
        let Mode::Cbc = self.mode else {
            return Err(CmsError::Damaged);
        };
        let iv = self.parameters.octets()?;
        let cipher = Cipher::Cbc {
            key_octets: self.key_octets,
            iv: iv.try_into().map_err(|_| CmsError::Damaged)?,
        };
        Ok((cipher, self.octets))
    }

    /// Of AuthEnvelopedData. `attributes`: with tag and length, in DER (RFC 5083, section 2.1).
    pub fn authenticated(
        mut self,
        attributes: Option<&'a [u8]>,
        mac: &'a [u8],
    ) -> Result<(Cipher<'a>, Vec<u8>), CmsError> {
        let Mode::Gcm = self.mode else {
            return Err(CmsError::Damaged);
        };
        let mut parameters = Reader::new(self.parameters.take(SEQUENCE)?);
        let nonce = parameters.take(OCTET_STRING)?;
        let tag_octets = match parameters.first() {
            None => DEFAULT_TAG_OCTETS,
            Some(_) => match parameters.integer()? {
                [octets @ 12..=16] => *octets,
                _ => return Err(CmsError::Damaged),
            },
        };
        if mac.len() != usize::from(tag_octets) {
            return Err(CmsError::Damaged);
        }
        let cipher = Cipher::Gcm {
            key_octets: self.key_octets,
            nonce: nonce
                .try_into()
                .map_err(|_| Unsupported::named("an AES-GCM nonce that is not of 12 octets"))?,
            tag: mac,
            aad: attributes.map(as_set).unwrap_or_default(),
        };
        Ok((cipher, self.octets))
    }
}

/// `[1] IMPLICIT` becomes the SET that it stands for.
fn as_set(attributes: &[u8]) -> Vec<u8> {
    let rest = attributes.iter().skip(1);
    [SET].iter().chain(rest).copied().collect()
}
