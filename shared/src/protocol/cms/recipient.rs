//! Recipients by certificate: KeyTransRecipientInfo and KeyAgreeRecipientInfo (RFC 5652, section 6.2; RFC 5753).

use super::ber::{Reader, SEQUENCE, primitive, tag};
use super::scheme::{self, Method};
use super::{CmsError, MAX_RECIPIENTS, Unsupported};

/// One certificate that the file was encrypted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient<'a> {
    pub id: RecipientId<'a>,
    /// The content-encryption key, encrypted by `method`.
    pub encrypted_key: &'a [u8],
    pub method: Result<Method<'a>, Unsupported>,
}

/// What the sender knew the certificate by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientId<'a> {
    /// Name (DER), and the octets of the INTEGER.
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    /// The subject key identifier.
    KeyId(&'a [u8]),
}

/// Recipients by password or by a key that both sides have are passed over.
pub fn all(infos: &[u8]) -> Result<Vec<Recipient<'_>>, CmsError> {
    let mut infos = Reader::new(infos);
    let mut recipients = Vec::new();
    while infos.first().is_some() {
        let info = infos.next()?;
        match info.tag {
            SEQUENCE => recipients.push(transport(Reader::new(info.value))?),
            kind if kind == tag(1) => agreement(Reader::new(info.value), &mut recipients)?,
            _ => {}
        }
        if recipients.len() > MAX_RECIPIENTS {
            return Err(CmsError::TooManyRecipients);
        }
    }
    Ok(recipients)
}

fn transport(mut info: Reader<'_>) -> Result<Recipient<'_>, CmsError> {
    info.integer()?;
    let id = match info.optional(primitive(0))? {
        Some(key_id) => RecipientId::KeyId(key_id),
        None => issuer_and_serial(info.take(SEQUENCE)?)?,
    };
    let method = of_recipient(scheme::transport(info.take(SEQUENCE)?))?;
    let encrypted_key = info.octets()?;
    info.end()?;
    Ok(Recipient {
        id,
        encrypted_key,
        method,
    })
}

/// One agreement may be for several recipients.
fn agreement<'a>(mut info: Reader<'a>, recipients: &mut Vec<Recipient<'a>>) -> Result<(), CmsError> {
    info.integer()?;
    let originator = info.take(tag(0))?;
    let user_key_material = match info.optional(tag(1))? {
        Some(outer) => Some(Reader::new(outer).octets()?),
        None => None,
    };
    let method = of_recipient(scheme::agreement(
        originator,
        user_key_material,
        info.take(SEQUENCE)?,
    ))?;
    let mut keys = Reader::new(info.take(SEQUENCE)?);
    info.end()?;
    while keys.first().is_some() && recipients.len() <= MAX_RECIPIENTS {
        let mut key = Reader::new(keys.take(SEQUENCE)?);
        let id = match key.optional(tag(0))? {
            Some(identifier) => RecipientId::KeyId(Reader::new(identifier).octets()?),
            None => issuer_and_serial(key.take(SEQUENCE)?)?,
        };
        recipients.push(Recipient {
            id,
            encrypted_key: key.octets()?,
            method: method.clone(),
        });
        key.end()?;
    }
    Ok(())
}

/// An algorithm that is not supported is that recipient's affair; the file can still be opened by others.
fn of_recipient(method: Result<Method<'_>, CmsError>) -> Result<Result<Method<'_>, Unsupported>, CmsError> {
    match method {
        Ok(method) => Ok(Ok(method)),
        Err(CmsError::Unsupported(unsupported)) => Ok(Err(unsupported)),
        Err(error) => Err(error),
    }
}

fn issuer_and_serial(pair: &[u8]) -> Result<RecipientId<'_>, CmsError> {
    let mut pair = Reader::new(pair);
    let issuer = pair.optional_whole(SEQUENCE)?.ok_or(CmsError::Damaged)?;
    let serial = pair.integer()?;
    pair.end()?;
    Ok(RecipientId::IssuerAndSerial { issuer, serial })
}
