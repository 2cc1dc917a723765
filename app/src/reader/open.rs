//! Decrypts a CMS file (RFC 5652) with the key of the certificate that it is meant for. What comes out stays the
//! browser's.

use shared::protocol::cms::{Agreement, Cipher, Enveloped, Hash, Identity, Method, Recipient, unwrapped};
use wasm_bindgen::JsValue;

use super::{Fault, Holder};
use crate::device::decryption::DecryptionKey;
use crate::device::subtle::{algorithm, bytes, call, import, octets, usages};

/// RFC 3394 adds one block of 64 bits.
const WRAPPED_BEYOND_KEY: usize = 8;
const AES_192: &str = "AES with keys of 192 bits";

/// The content as an `ArrayBuffer`, and the certificate that opened it.
pub async fn open(file: &[u8], holders: &[Holder]) -> Result<(JsValue, Holder), Fault> {
    let file = unwrapped(file)?;
    let enveloped = Enveloped::read(&file)?;
    let mut fault = Fault::NotForThisPhone;
    for holder in holders {
        let Ok(identity) = Identity::of(&holder.certificate) else {
            continue;
        };
        let Some(recipient) = enveloped.recipient(&identity) else {
            continue;
        };
        match decrypt(&enveloped, recipient, &holder.key).await {
            Ok(content) => return Ok((content, holder.clone())),
            Err(found) => fault = found,
        }
    }
    Err(fault)
}

async fn decrypt(
    file: &Enveloped<'_>,
    recipient: &Recipient<'_>,
    key: &DecryptionKey,
) -> Result<JsValue, Fault> {
    let (cipher, ciphertext) = cipher(file);
    if file.cipher.key_octets() == 24 {
        return Err(Fault::Unsupported(String::from(AES_192)));
    }
    let content_key = match recipient.method.clone()? {
        Method::Ecdh(agreement) if !key.is_rsa() => {
            if recipient.encrypted_key.len() != file.cipher.key_octets() + WRAPPED_BEYOND_KEY {
                return Err(Fault::Damaged);
            }
            agreed(&agreement, recipient.encrypted_key, key, &cipher).await?
        }
        Method::RsaOaep {
            hash: Hash::Sha256,
            mgf_hash: Hash::Sha256,
            label: [],
        } if key.is_rsa() => {
            let content_key = key.decrypt(recipient.encrypted_key).await?;
            if content_key.len() != file.cipher.key_octets() {
                return Err(Fault::Damaged);
            }
            import("raw", &content_key, &cipher, "decrypt").await?
        }
        Method::RsaOaep { hash, mgf_hash, .. } if key.is_rsa() => {
            return Err(Fault::Unsupported(format!(
                "RSAES-OAEP with {hash:?} and {mgf_hash:?}"
            )));
        }
        Method::RsaPkcs1 if key.is_rsa() => {
            return Err(Fault::Unsupported(String::from("RSAES-PKCS1-v1_5")));
        }
        // For another kind of key than the certificate's.
        Method::Ecdh(_) | Method::RsaOaep { .. } | Method::RsaPkcs1 => return Err(Fault::Damaged),
    };
    Ok(call("decrypt", &[&cipher, &content_key, &ciphertext]).await?)
}

/// ECDH, the X9.63 key derivation function, and AES key wrap: the content's key is never here.
async fn agreed(
    agreement: &Agreement<'_>,
    encrypted_key: &[u8],
    key: &DecryptionKey,
    cipher: &JsValue,
) -> Result<JsValue, Fault> {
    let hash = match agreement.hash {
        Hash::Sha1 => "SHA-1",
        Hash::Sha224 => return Err(Fault::Unsupported(String::from("SHA-224"))),
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    };
    let octets_wanted = agreement.wrap.key_octets();
    if octets_wanted == 24 {
        return Err(Fault::Unsupported(String::from(AES_192)));
    }
    let secret = key.agree(agreement.public_key).await?;
    let mut derived = Vec::new();
    for input in agreement.kdf_inputs(&secret) {
        derived.extend(octets(call("digest", &[&hash.into(), &bytes(&input)]).await?)?);
    }
    derived.truncate(octets_wanted);
    let wrap = "AES-KW".into();
    let wrapping = import("raw", &derived, &wrap, "unwrapKey").await?;
    let (format, wrapped, usages) = ("raw".into(), bytes(encrypted_key), usages(&["decrypt"]));
    let arguments = [
        &format,
        &wrapped,
        &wrapping,
        &wrap,
        cipher,
        &JsValue::FALSE,
        &usages,
    ];
    Ok(call("unwrapKey", &arguments).await?)
}

/// As WebCrypto takes them: of AES-GCM the tag stands behind the ciphertext.
fn cipher(file: &Enveloped<'_>) -> (JsValue, JsValue) {
    match &file.cipher {
        Cipher::Cbc { iv, .. } => (
            algorithm("AES-CBC", &[("iv", &bytes(iv.as_slice()))]),
            bytes(&file.content),
        ),
        Cipher::Gcm { nonce, tag, aad, .. } => {
            let tag_bits = u32::try_from(tag.len() * 8).unwrap_or_default();
            let parameters = [
                ("iv", &bytes(nonce.as_slice())),
                ("tagLength", &JsValue::from(tag_bits)),
                ("additionalData", &bytes(aad)),
            ];
            let ciphertext = [file.content.as_slice(), tag].concat();
            (algorithm("AES-GCM", &parameters), bytes(&ciphertext))
        }
    }
}
