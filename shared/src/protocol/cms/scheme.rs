//! By which algorithms a recipient gets at the content's key: RSA (RFC 8017), or ECDH on P-256 with a key derivation
//! function and AES key wrap (RFC 5753, RFC 3565).

use der::oid::ObjectIdentifier;

use super::ber::{self, OCTET_STRING, Reader, SEQUENCE, tag};
use super::{CmsError, Unsupported};

/// How a content-encryption key is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method<'a> {
    /// RSA with the padding of PKCS#1 version 1.5.
    RsaPkcs1,
    RsaOaep {
        hash: Hash,
        mgf_hash: Hash,
        label: &'a [u8],
    },
    Ecdh(Agreement<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// AES key wrap (RFC 3394), by the size of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrap {
    Aes128,
    Aes192,
    Aes256,
}

/// Ephemeral-static ECDH on P-256, the X9.63 key derivation function, and AES key wrap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement<'a> {
    /// The sender's public key: an uncompressed point.
    pub public_key: &'a [u8; 65],
    pub hash: Hash,
    pub wrap: Wrap,
    /// AlgorithmIdentifier, DER.
    wrap_algorithm: &'a [u8],
    pub(super) user_key_material: Option<&'a [u8]>,
}

const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const OAEP: ObjectIdentifier = oid("1.2.840.113549.1.1.7");
const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
const LABEL: ObjectIdentifier = oid("1.2.840.113549.1.1.9");
const EC_PUBLIC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
const TRIPLE_DES_WRAP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.3.6");

/// What a point begins with (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

const HASHES: [(ObjectIdentifier, Hash); 5] = [
    (oid("1.3.14.3.2.26"), Hash::Sha1),
    (oid("2.16.840.1.101.3.4.2.4"), Hash::Sha224),
    (oid("2.16.840.1.101.3.4.2.1"), Hash::Sha256),
    (oid("2.16.840.1.101.3.4.2.2"), Hash::Sha384),
    (oid("2.16.840.1.101.3.4.2.3"), Hash::Sha512),
];

/// dhSinglePass, standard and cofactor: on P-256 the cofactor is 1, and both are the same.
const AGREEMENTS: [(ObjectIdentifier, Hash); 10] = [
    (oid("1.3.133.16.840.63.0.2"), Hash::Sha1),
    (oid("1.3.133.16.840.63.0.3"), Hash::Sha1),
    (oid("1.3.132.1.11.0"), Hash::Sha224),
    (oid("1.3.132.1.14.0"), Hash::Sha224),
    (oid("1.3.132.1.11.1"), Hash::Sha256),
    (oid("1.3.132.1.14.1"), Hash::Sha256),
    (oid("1.3.132.1.11.2"), Hash::Sha384),
    (oid("1.3.132.1.14.2"), Hash::Sha384),
    (oid("1.3.132.1.11.3"), Hash::Sha512),
    (oid("1.3.132.1.14.3"), Hash::Sha512),
];

const WRAPS: [(ObjectIdentifier, Wrap); 3] = [
    (oid("2.16.840.1.101.3.4.1.5"), Wrap::Aes128),
    (oid("2.16.840.1.101.3.4.1.25"), Wrap::Aes192),
    (oid("2.16.840.1.101.3.4.1.45"), Wrap::Aes256),
];

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

fn find<T: Copy>(table: &[(ObjectIdentifier, T)], wanted: ObjectIdentifier) -> Result<T, CmsError> {
    table
        .iter()
        .find(|(known, _)| *known == wanted)
        .map(|(_, value)| *value)
        .ok_or_else(|| unknown(wanted))
}

fn unknown(algorithm: ObjectIdentifier) -> CmsError {
    Unsupported(format!("the algorithm {algorithm}").into()).into()
}

impl Hash {
    const fn octets(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Wrap {
    pub const fn key_octets(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }
}

/// The keyEncryptionAlgorithm of a KeyTransRecipientInfo.
pub fn transport(algorithm: &[u8]) -> Result<Method<'_>, CmsError> {
    let mut algorithm = Reader::new(algorithm);
    match algorithm.oid()? {
        RSA => Ok(Method::RsaPkcs1),
        OAEP => oaep(algorithm.optional(SEQUENCE)?.unwrap_or_default()),
        other => Err(unknown(other)),
    }
}

/// RSAES-OAEP-params (RFC 8017, appendix A.2.1): what is left out is SHA-1, and an empty label.
fn oaep(parameters: &[u8]) -> Result<Method<'_>, CmsError> {
    let mut parameters = Reader::new(parameters);
    let mut parameter = |number| match parameters.optional(tag(number))? {
        Some(algorithm) => Ok(Some(Reader::new(Reader::new(algorithm).take(SEQUENCE)?))),
        None => Ok::<_, CmsError>(None),
    };
    let hash = match parameter(0)? {
        Some(mut algorithm) => find(&HASHES, algorithm.oid()?)?,
        None => Hash::Sha1,
    };
    let mgf_hash = match parameter(1)? {
        Some(mut algorithm) => {
            named(MGF1, &mut algorithm)?;
            find(&HASHES, Reader::new(algorithm.take(SEQUENCE)?).oid()?)?
        }
        None => Hash::Sha1,
    };
    let label = match parameter(2)? {
        Some(mut algorithm) => {
            named(LABEL, &mut algorithm)?;
            algorithm.octets()?
        }
        None => &[],
    };
    parameters.end()?;
    Ok(Method::RsaOaep {
        hash,
        mgf_hash,
        label,
    })
}

/// The one algorithm that may stand here.
fn named(name: ObjectIdentifier, algorithm: &mut Reader<'_>) -> Result<(), CmsError> {
    let found = algorithm.oid()?;
    if found == name {
        Ok(())
    } else {
        Err(unknown(found))
    }
}

/// The parts of a KeyAgreeRecipientInfo.
pub fn agreement<'a>(
    originator: &'a [u8],
    user_key_material: Option<&'a [u8]>,
    algorithm: &'a [u8],
) -> Result<Method<'a>, CmsError> {
    let mut algorithm = Reader::new(algorithm);
    let hash = find(&AGREEMENTS, algorithm.oid()?)?;
    let wrap_algorithm = algorithm.optional_whole(SEQUENCE)?.ok_or(CmsError::Damaged)?;
    let wrap = match Reader::new(Reader::new(wrap_algorithm).take(SEQUENCE)?).oid()? {
        TRIPLE_DES_WRAP => return Err(Unsupported::named("Triple DES key wrap").into()),
        wrap => find(&WRAPS, wrap)?,
    };
    Ok(Method::Ecdh(Agreement {
        public_key: public_key(originator)?,
        hash,
        wrap,
        wrap_algorithm,
        user_key_material,
    }))
}

/// An OriginatorPublicKey.
fn public_key(originator: &[u8]) -> Result<&[u8; 65], CmsError> {
    let Some(key) = Reader::new(originator).optional(tag(1))? else {
        return Err(Unsupported::named("a sender's key from a certificate").into());
    };
    let mut key = Reader::new(key);
    named(EC_PUBLIC_KEY, &mut Reader::new(key.take(SEQUENCE)?))?;
    let point: Option<&[u8; 65]> = key.bits()?.try_into().ok();
    point
        .filter(|point| point.starts_with(&[UNCOMPRESSED]))
        .ok_or_else(|| Unsupported::named("a sender's key that is no uncompressed point on P-256").into())
}

impl Agreement<'_> {
    /// What is to be hashed for the key-encryption key: the hashes, joined, and cut to `Wrap::key_octets`, are that
    /// key (ANSI X9.63 KDF; SEC 1, section 3.6.1).
    pub fn kdf_inputs(&self, shared_secret: &[u8]) -> Vec<Vec<u8>> {
        let blocks = self.wrap.key_octets().div_ceil(self.hash.octets());
        (1_u32..)
            .take(blocks)
            .map(|counter| [shared_secret, &counter.to_be_bytes(), &self.shared_info()].concat())
            .collect()
    }

    /// ECC-CMS-SharedInfo (RFC 5753, section 7.2).
    fn shared_info(&self) -> Vec<u8> {
        let length = u32::try_from(self.wrap.key_octets() * 8).unwrap_or_default();
        let material = self
            .user_key_material
            .map(|material| ber::der(tag(0), &ber::der(OCTET_STRING, material)));
        let length = ber::der(tag(2), &ber::der(OCTET_STRING, &length.to_be_bytes()));
        let parts = [self.wrap_algorithm, &material.unwrap_or_default(), &length].concat();
        ber::der(SEQUENCE, &parts)
    }
}
