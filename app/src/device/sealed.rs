//! Keys that the CA side made, opened on this phone: `WebCrypto` unwraps each into a key that cannot be exported, so
//! that its octets are never here. Storage is `database`'s.

use shared::api::{InstalledCertificate, KeyType, Purpose, SealedKey};
use shared::protocol::{certificate, decode, delivery, hpke};
use uuid::Uuid;
use wasm_bindgen::JsValue;

use super::decryption::{DecryptionKey, agree, as_ecdh, as_p256, oaep};
use super::keys::KeyPair;
use super::subtle::{CryptoRefused, algorithm, bytes, call, import, octets, random, usages};

/// The private key of `certificate`, sealed to the transport key `transport`. Refused where anything was altered, or
/// meant for another phone.
pub async fn unwrap(
    transport: &KeyPair,
    mobile_id: Uuid,
    certificate: &InstalledCertificate,
) -> Result<DecryptionKey, CryptoRefused> {
    let sealed = sealed(certificate)?;
    let (enc, ciphertext) = (octets_of(&sealed.encapsulated)?, octets_of(&sealed.ciphertext)?);
    let ecdh = agree(&transport.private(), &as_ecdh("raw", &enc).await?).await?;
    let own = transport.public_key().await?;
    let info = delivery::key_info(mobile_id, &certificate.serial);
    let (key, cipher) = opening(&ecdh, &enc, &own, &info, "unwrapKey").await?;
    let (kind, usages) = match sealed.key_type {
        KeyType::P256 => (as_p256(), usages(&["deriveBits"])),
        KeyType::Rsa3072 => (oaep(), usages(&["decrypt"])),
    };
    let (format, ciphertext) = ("pkcs8".into(), bytes(&ciphertext));
    let arguments = [
        &format,
        &ciphertext,
        &key,
        &cipher,
        &kind,
        &JsValue::FALSE,
        &usages,
    ];
    let key = call("unwrapKey", &arguments).await?;
    DecryptionKey::from_js(key).ok_or(CryptoRefused)
}

/// Proves that `key` is the certified one: tries each half with the other, and answers the challenge that only it can
/// read.
pub async fn prove(
    key: &DecryptionKey,
    mobile_id: Uuid,
    certificate: &InstalledCertificate,
) -> Result<Vec<u8>, CryptoRefused> {
    let certified = octets_of(&certificate.certificate)?;
    let certified = certificate::public_key(&certified).map_err(|_| CryptoRefused)?;
    let challenge = octets_of(&sealed(certificate)?.challenge)?;
    let (is_fit, answer) = if key.is_rsa() {
        (fits_rsa(key, &certified).await?, key.decrypt(&challenge).await?)
    } else {
        let info = delivery::challenge_info(mobile_id, &certificate.serial);
        let is_fit = fits_p256(key, &certified).await?;
        (is_fit, open(key, &certified, &info, &challenge).await?)
    };
    if is_fit && answer.len() == delivery::CHALLENGE_OCTETS {
        Ok(answer)
    } else {
        Err(CryptoRefused)
    }
}

async fn fits_p256(key: &DecryptionKey, certified: &[u8]) -> Result<bool, CryptoRefused> {
    let certified = as_ecdh("spki", certified).await?;
    let other = KeyPair::generate(Purpose::Encryption).await?;
    other.shows_fit(key.as_js(), &certified).await
}

async fn fits_rsa(key: &DecryptionKey, certified: &[u8]) -> Result<bool, CryptoRefused> {
    let certified = import("spki", certified, &oaep(), "encrypt").await?;
    let message = random::<32>()?;
    let ciphertext = call("encrypt", &[&oaep(), &certified, &bytes(&message)]).await?;
    Ok(key.decrypt(&octets(ciphertext)?).await? == message)
}

/// An HPKE message to a certified key: `enc` and ciphertext in one piece.
async fn open(
    key: &DecryptionKey,
    certified: &[u8],
    info: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, CryptoRefused> {
    let (enc, ciphertext) = hpke::split(message).ok_or(CryptoRefused)?;
    let ecdh = key.agree(enc).await?;
    let (key, cipher) = opening(&ecdh, enc, certified, info, "decrypt").await?;
    octets(call("decrypt", &[&cipher, &key, &bytes(ciphertext)]).await?)
}

/// Opens one HPKE message: the AES-256-GCM key for it, and the cipher with its nonce. `recipient`: the
/// SubjectPublicKeyInfo (DER) of the key that it was sealed to.
async fn opening(
    ecdh: &[u8; 32],
    enc: &[u8],
    recipient: &[u8],
    info: &[u8],
    usage: &str,
) -> Result<(JsValue, JsValue), CryptoRefused> {
    // The point stands at the end of it.
    let point = recipient
        .last_chunk::<{ hpke::POINT_OCTETS }>()
        .ok_or(CryptoRefused)?;
    let message = hpke::message_key(ecdh, enc, point, info);
    let cipher = algorithm("AES-GCM", &[("iv", &bytes(&message.nonce))]);
    let key = import("raw", &message.key, &cipher, usage).await?;
    Ok((key, cipher))
}

fn sealed(certificate: &InstalledCertificate) -> Result<&SealedKey, CryptoRefused> {
    certificate.sealed.as_ref().ok_or(CryptoRefused)
}

fn octets_of(text: &str) -> Result<Vec<u8>, CryptoRefused> {
    decode(text).ok_or(CryptoRefused)
}
