//! Whom a file can be encrypted for: what a recipient's certificate is known by.

use der::oid::ObjectIdentifier;

use super::ber::{Element, OCTET_STRING, Reader, SEQUENCE, tag};
use super::{CmsError, RecipientId};

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// Of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Name, DER.
    issuer: &'a [u8],
    /// The octets of the INTEGER.
    serial: &'a [u8],
    key_id: Option<&'a [u8]>,
}

impl<'a> Identity<'a> {
    /// Of a certificate (DER). `Damaged`: it is none.
    pub fn of(certificate: &'a [u8]) -> Result<Self, CmsError> {
        let mut certificate = Reader::new(Reader::new(certificate).take(SEQUENCE)?);
        let mut fields = Reader::new(certificate.take(SEQUENCE)?);
        fields.optional(tag(0))?;
        let serial = fields.integer()?;
        fields.take(SEQUENCE)?;
        let issuer = fields.optional_whole(SEQUENCE)?.ok_or(CmsError::Damaged)?;
        let mut key_id = None;
        while fields.first().is_some() {
            let Element {
                tag: found, value, ..
            } = fields.next()?;
            if found == tag(3) {
                key_id = key_identifier(value)?;
            }
        }
        Ok(Self {
            issuer,
            serial,
            key_id,
        })
    }

    /// Whether this certificate is meant.
    pub fn is(&self, id: &RecipientId<'_>) -> bool {
        match id {
            RecipientId::IssuerAndSerial { issuer, serial } => {
                *issuer == self.issuer && *serial == self.serial
            }
            RecipientId::KeyId(key_id) => Some(*key_id) == self.key_id,
        }
    }
}

fn key_identifier(extensions: &[u8]) -> Result<Option<&[u8]>, CmsError> {
    let mut extensions = Reader::new(Reader::new(extensions).take(SEQUENCE)?);
    while extensions.first().is_some() {
        let mut extension = Reader::new(extensions.take(SEQUENCE)?);
        if extension.oid()? == SUBJECT_KEY_IDENTIFIER {
            return Ok(Some(Reader::new(extension.octets()?).take(OCTET_STRING)?));
        }
    }
    Ok(None)
}
