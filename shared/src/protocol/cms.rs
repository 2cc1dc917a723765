//! Encrypted files as the Cryptographic Message Syntax has them: EnvelopedData (RFC 5652) and AuthEnvelopedData
//! (RFC 5083), read as far as a holder of an encryption certificate's key needs it. Nothing is decrypted here: the
//! arithmetic with keys is WebCrypto's on the phone page and aws-lc's in the headless phone.
//!
//! 1. `unwrapped` takes PEM or MIME from around the file.
//! 2. `Enveloped::read` gives recipients, cipher and encrypted content.
//! 3. `Enveloped::recipient` finds the one for a certificate, and with it the way to the content's key: for RSA the
//!    padding; for ECDH the other side's public key, and what is to be hashed for the key-encryption key.

mod ber;
mod content;
mod identity;
mod recipient;
mod scheme;
mod wrapping;

use std::borrow::Cow;

use ber::{Reader, SEQUENCE, SET, tag};
pub use content::Cipher;
pub use identity::Identity;
pub use recipient::{Recipient, RecipientId};
pub use scheme::{Agreement, Hash, Method, Wrap};
pub use wrapping::unwrapped;

use der::oid::ObjectIdentifier;

/// More than any mailing list; a file with more is refused.
pub const MAX_RECIPIENTS: usize = 1_000;

const ENVELOPED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
/// id-ct-authEnvelopedData.
const AUTH_ENVELOPED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23");
const SIGNED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// Of all content types that CMS itself defines: data, signed, enveloped and so on.
const PKCS_7: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7");
const SMIME_CONTENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1");

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    #[error("this is no CMS file (RFC 5652), nor PEM or S/MIME around one")]
    NotCms,
    #[error("the file is signed, not encrypted")]
    Signed,
    #[error("the file is CMS, but not encrypted to a certificate")]
    NotEncrypted,
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    #[error("the file has more than {MAX_RECIPIENTS} recipients")]
    TooManyRecipients,
    #[error("the file is damaged, or a part of it is missing")]
    Damaged,
}

/// An algorithm, or a way to write things down, that is not read here: its name, or its object identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not supported: {0}")]
pub struct Unsupported(pub Cow<'static, str>);

impl Unsupported {
    const fn named(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }
}

/// An encrypted file, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Enveloped<'a> {
    /// Those by certificate, in the file's order.
    pub recipients: Vec<Recipient<'a>>,
    pub cipher: Cipher<'a>,
    /// Encrypted.
    pub content: Vec<u8>,
}

impl<'a> Enveloped<'a> {
    /// DER, or BER with indefinite lengths.
    pub fn read(file: &'a [u8]) -> Result<Self, CmsError> {
        let mut file = Reader::new(file);
        let mut info = Reader::new(file.take(SEQUENCE).map_err(|_| not_cms(file.first()))?);
        let kind = info.oid().map_err(|_| CmsError::NotCms)?;
        let is_authenticated = match kind {
            kind if kind == ENVELOPED => false,
            kind if kind == AUTH_ENVELOPED => true,
            kind => return Err(other_kind(kind)),
        };
        file.end()?;
        let mut outer = Reader::new(info.take(tag(0))?);
        info.end()?;
        let mut body = Reader::new(outer.take(SEQUENCE)?);
        outer.end()?;
        Self::body(&mut body, is_authenticated)
    }

    fn body(body: &mut Reader<'a>, is_authenticated: bool) -> Result<Self, CmsError> {
        body.integer()?;
        // Certificates and revocation lists of the sender: of no use without a signature.
        body.optional(tag(0))?;
        let recipients = recipient::all(body.take(SET)?)?;
        let content = content::read(body.take(SEQUENCE)?)?;
        let attributes = body.optional_whole(tag(1))?;
        let (cipher, content) = if is_authenticated {
            let mac = body.octets()?;
            body.optional(tag(2))?;
            content.authenticated(attributes, mac)?
        } else {
            content.plain()?
        };
        body.end()?;
        Ok(Self {
            recipients,
            cipher,
            content,
        })
    }

    /// What was encrypted for the holder of this certificate.
    pub fn recipient(&self, identity: &Identity<'_>) -> Option<&Recipient<'a>> {
        self.recipients
            .iter()
            .find(|recipient| identity.is(&recipient.id))
    }
}

/// What begins like CMS and stops is damaged; what begins otherwise is something else.
fn not_cms(first: Option<u8>) -> CmsError {
    if first == Some(SEQUENCE) {
        CmsError::Damaged
    } else {
        CmsError::NotCms
    }
}

fn other_kind(kind: ObjectIdentifier) -> CmsError {
    match kind.parent() {
        _ if kind == SIGNED => CmsError::Signed,
        Some(parent) if parent == PKCS_7 || parent == SMIME_CONTENT => CmsError::NotEncrypted,
        _ => CmsError::NotCms,
    }
}

#[cfg(test)]
mod tests;
