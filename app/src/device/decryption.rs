//! The private keys of encryption certificates, in `WebCrypto`'s keeping, and what they do: agree on a secret (P-256) or
//! decrypt (RSA). How they come here is `sealed`'s business.

use wasm_bindgen::JsValue;

use super::subtle::{CryptoRefused, algorithm, bytes, call, import, is_private_and_kept, name_of, octets};

/// Cannot be exported.
#[derive(Clone)]
pub struct DecryptionKey(JsValue);

impl DecryptionKey {
    /// `None` where it is anything but a private key that cannot be exported.
    pub fn from_js(value: JsValue) -> Option<Self> {
        is_private_and_kept(&value).then_some(Self(value))
    }

    /// As storage takes it.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// Otherwise it is on P-256.
    pub fn is_rsa(&self) -> bool {
        name_of(&self.0).as_deref() == Some(OAEP)
    }

    /// The secret that it shares with the owner of `point` (uncompressed).
    pub async fn agree(&self, point: &[u8]) -> Result<[u8; 32], CryptoRefused> {
        agree(&self.0, &as_ecdh("raw", point).await?).await
    }

    /// RSAES-OAEP with SHA-256 and no label.
    pub async fn decrypt(&self, ciphertext: &[u8]) -> Result<Vec<u8>, CryptoRefused> {
        octets(call("decrypt", &[&algorithm(OAEP, &[]), &self.0, &bytes(ciphertext)]).await?)
    }
}

const OAEP: &str = "RSA-OAEP";

/// RSAES-OAEP with SHA-256, as keys are imported for it.
pub fn oaep() -> JsValue {
    algorithm(OAEP, &[("hash", &"SHA-256".into())])
}

pub fn as_p256() -> JsValue {
    algorithm("ECDH", &[("namedCurve", &"P-256".into())])
}

/// A public key, for `agree`. `format`: `raw` (an uncompressed point) or `spki`.
pub async fn as_ecdh(format: &str, key: &[u8]) -> Result<JsValue, CryptoRefused> {
    import(format, key, &as_p256(), "").await
}

/// ECDH: the x-coordinate that both halves find.
pub async fn agree(private: &JsValue, public: &JsValue) -> Result<[u8; 32], CryptoRefused> {
    let algorithm = algorithm("ECDH", &[("public", public)]);
    let secret = call("deriveBits", &[&algorithm, private, &JsValue::from(256)]).await?;
    octets(secret)?.try_into().map_err(|_| CryptoRefused)
}
