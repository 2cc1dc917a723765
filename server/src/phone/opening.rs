//! Decryption of what `shared::protocol::cms` has taken apart: the content's key by ECDH and key wrap, or by RSA; the
//! content by AES.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::digest;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepAlgorithm, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
};
use der::zeroize::Zeroizing;
use shared::protocol::cms::{Agreement, Cipher, Enveloped, Hash, Method, Recipient, Unsupported, Wrap};

use super::ecdh::EcdhKey;
use super::encryption_key::EncryptionKey;

/// Octets of the tags that aws-lc checks.
const TAG_OCTETS: usize = 16;
/// Longer than any key that is wrapped here.
const LONGEST_KEY_OCTETS: usize = 32;

type Secret = Zeroizing<Vec<u8>>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// Which of the two cannot be told apart.
    #[error("it does not open: it was changed, or was encrypted to another key")]
    Closed,
}

/// The content of the file.
pub fn open(
    file: Enveloped<'_>,
    recipient: &Recipient<'_>,
    key: &EncryptionKey,
) -> Result<Secret, OpenError> {
    let method = recipient.method.as_ref().map_err(Clone::clone)?;
    let encrypted = recipient.encrypted_key;
    let content_key = match (method, key) {
        (Method::Ecdh(agreement), EncryptionKey::P256(key)) => agreed(agreement, encrypted, key)?,
        (Method::RsaPkcs1, EncryptionKey::Rsa(key)) => pkcs1(encrypted, key)?,
        (
            Method::RsaOaep {
                hash,
                mgf_hash,
                label,
            },
            EncryptionKey::Rsa(key),
        ) => oaep(encrypted, oaep_algorithm(*hash, *mgf_hash)?, label, key)?,
        _ => return Err(OpenError::Closed),
    };
    if content_key.len() != file.cipher.key_octets() {
        return Err(OpenError::Closed);
    }
    content(&file.cipher, &content_key, Zeroizing::new(file.content))
}

fn agreed(agreement: &Agreement<'_>, encrypted: &[u8], key: &EcdhKey) -> Result<Secret, OpenError> {
    let (algorithm, cipher) = (
        digest_algorithm(agreement.hash),
        match agreement.wrap {
            Wrap::Aes128 => &AES_128,
            Wrap::Aes192 => return Err(Unsupported("AES-192 key wrap".into()).into()),
            Wrap::Aes256 => &AES_256,
        },
    );
    let shared = key.agree(agreement.public_key).map_err(|_| OpenError::Closed)?;
    let mut wrapping_key = Zeroizing::new(Vec::new());
    for input in agreement.kdf_inputs(&*shared) {
        wrapping_key.extend_from_slice(digest::digest(algorithm, &Zeroizing::new(input)).as_ref());
    }
    wrapping_key.truncate(agreement.wrap.key_octets());
    let mut octets = Zeroizing::new(vec![0; LONGEST_KEY_OCTETS + 8]);
    let unwrapped = AesKek::new(cipher, &wrapping_key)
        .and_then(|kek| kek.unwrap(encrypted, &mut octets))
        .map_err(|_| OpenError::Closed)?
        .len();
    octets.truncate(unwrapped);
    Ok(octets)
}

fn digest_algorithm(hash: Hash) -> &'static digest::Algorithm {
    match hash {
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => &digest::SHA224,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    }
}

fn oaep_algorithm(hash: Hash, mgf_hash: Hash) -> Result<&'static OaepAlgorithm, Unsupported> {
    match hash {
        _ if hash != mgf_hash => Err(Unsupported("RSA-OAEP with two hash functions".into())),
        Hash::Sha1 => Ok(&OAEP_SHA1_MGF1SHA1),
        Hash::Sha224 => Err(Unsupported("RSA-OAEP with SHA-224".into())),
        Hash::Sha256 => Ok(&OAEP_SHA256_MGF1SHA256),
        Hash::Sha384 => Ok(&OAEP_SHA384_MGF1SHA384),
        Hash::Sha512 => Ok(&OAEP_SHA512_MGF1SHA512),
    }
}

fn oaep(
    encrypted: &[u8],
    algorithm: &'static OaepAlgorithm,
    label: &[u8],
    key: &PrivateDecryptingKey,
) -> Result<Secret, OpenError> {
    let key = OaepPrivateDecryptingKey::new(key.clone()).map_err(|_| OpenError::Closed)?;
    let mut octets = Zeroizing::new(vec![0; key.min_output_size()]);
    let label = (!label.is_empty()).then_some(label);
    let decrypted = key
        .decrypt(algorithm, encrypted, &mut octets, label)
        .map_err(|_| OpenError::Closed)?
        .len();
    octets.truncate(decrypted);
    Ok(octets)
}

fn pkcs1(encrypted: &[u8], key: &PrivateDecryptingKey) -> Result<Secret, OpenError> {
    let key = Pkcs1PrivateDecryptingKey::new(key.clone()).map_err(|_| OpenError::Closed)?;
    let mut octets = Zeroizing::new(vec![0; key.min_output_size()]);
    let decrypted = key
        .decrypt(encrypted, &mut octets)
        .map_err(|_| OpenError::Closed)?
        .len();
    octets.truncate(decrypted);
    Ok(octets)
}

fn content(cipher: &Cipher<'_>, key: &[u8], mut octets: Secret) -> Result<Secret, OpenError> {
    let opened = match cipher {
        Cipher::Cbc { iv, .. } => {
            let algorithm = match key.len() {
                16 => &cipher::AES_128,
                24 => &cipher::AES_192,
                _ => &cipher::AES_256,
            };
            let context = DecryptionContext::Iv128(FixedLength::from(*iv));
            UnboundCipherKey::new(algorithm, key)
                .and_then(PaddedBlockDecryptingKey::cbc_pkcs7)
                .and_then(|key| Ok(key.decrypt(&mut octets, context)?.len()))
        }
        Cipher::Gcm { tag, .. } if tag.len() != TAG_OCTETS => {
            return Err(Unsupported("an AES-GCM tag that is not of 16 octets".into()).into());
        }
        Cipher::Gcm { nonce, tag, aad, .. } => {
            let algorithm = match key.len() {
                16 => &aead::AES_128_GCM,
                24 => &aead::AES_192_GCM,
                _ => &aead::AES_256_GCM,
            };
            let nonce = Nonce::assume_unique_for_key(**nonce);
            aead::UnboundKey::new(algorithm, key)
                .map(LessSafeKey::new)
                .and_then(|key| {
                    let opened = key.open_in_place_separate_tag(nonce, Aad::from(aad), tag, &mut octets)?;
                    Ok(opened.len())
                })
        }
    };
    octets.truncate(opened.map_err(|_| OpenError::Closed)?);
    Ok(octets)
}
