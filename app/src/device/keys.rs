//! Keys in `WebCrypto`'s keeping: P-256, made here and not extractable, so that their private halves are never octets
//! that this code could read. Storage is `database`'s.

use js_sys::{Array, ArrayBuffer, Object, Uint8Array};
use shared::api::Purpose;
use shared::protocol::request;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, CryptoKeyPair, EcKeyGenParams, EcdsaParams, SubtleCrypto};

/// `WebCrypto` is missing, refused, or answered something else than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CryptoRefused;

impl From<JsValue> for CryptoRefused {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// A key pair whose private half cannot be exported.
#[derive(Clone)]
pub struct KeyPair(CryptoKeyPair);

/// One key a purpose.
pub type KeySet = Vec<(Purpose, KeyPair)>;

impl KeyPair {
    pub async fn generate() -> Result<Self, CryptoRefused> {
        let algorithm = EcKeyGenParams::new("ECDSA", "P-256");
        let usages = Array::of2(&"sign".into(), &"verify".into());
        let pair = JsFuture::from(subtle()?.generate_key_with_object(&algorithm, false, &usages)?).await?;
        Self::from_js(pair).ok_or(CryptoRefused)
    }

    /// Takes back what `as_js` gave to storage. `None` where it is anything but a pair with a private half that
    /// cannot be exported.
    pub fn from_js(value: JsValue) -> Option<Self> {
        let pair: CryptoKeyPair = value.dyn_into::<Object>().ok()?.unchecked_into();
        let private: CryptoKey = part(&pair, "privateKey")?;
        let _: CryptoKey = part(&pair, "publicKey")?;
        (!private.extractable()).then_some(Self(pair))
    }

    /// As storage takes it.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// The `SubjectPublicKeyInfo`, DER.
    pub async fn public_key(&self) -> Result<Vec<u8>, CryptoRefused> {
        let spki = JsFuture::from(subtle()?.export_key("spki", &self.0.get_public_key())?).await?;
        octets(spki)
    }

    /// ECDSA with SHA-256: r and s, 32 octets each.
    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoRefused> {
        let signing = subtle()?.sign_with_object_and_js_u8_array(
            &ecdsa(),
            &self.0.get_private_key(),
            &Uint8Array::from(message),
        )?;
        octets(JsFuture::from(signing).await?)?
            .try_into()
            .map_err(|_| CryptoRefused)
    }

    /// Signs octets of chance and verifies the signature: some browsers store a key but give back one that does
    /// not work.
    pub async fn test(&self) -> Result<(), CryptoRefused> {
        let message = random::<32>()?;
        let signature = self.sign(&message).await?;
        let verifying = subtle()?.verify_with_object_and_js_u8_array_and_js_u8_array(
            &ecdsa(),
            &self.0.get_public_key(),
            &Uint8Array::from(signature.as_slice()),
            &Uint8Array::from(message.as_slice()),
        )?;
        let is_good = JsFuture::from(verifying).await?;
        if is_good.is_truthy() {
            Ok(())
        } else {
            Err(CryptoRefused)
        }
    }

    /// A PKCS#10 request (DER) that proves possession of the key.
    pub async fn request(&self) -> Result<Vec<u8>, CryptoRefused> {
        let info = request::info(&self.public_key().await?).map_err(|_| CryptoRefused)?;
        let signature = self.sign(&info).await?;
        request::request(&info, &signature).map_err(|_| CryptoRefused)
    }
}

/// Purpose and `SubjectPublicKeyInfo` of every key in the set.
pub async fn public_keys(keys: &KeySet) -> Result<Vec<(Purpose, Vec<u8>)>, CryptoRefused> {
    let mut public = Vec::with_capacity(keys.len());
    for (purpose, pair) in keys {
        public.push((*purpose, pair.public_key().await?));
    }
    Ok(public)
}

/// Octets of chance from the browser's cryptographic generator.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoRefused> {
    let mut octets = [0; N];
    crypto()?.get_random_values_with_u8_array(&mut octets)?;
    Ok(octets)
}

/// Whether the browser has `WebCrypto`'s better half: it is hidden outside of a secure context.
pub fn is_present() -> bool {
    subtle().is_ok_and(|subtle| subtle.is_object())
}

fn crypto() -> Result<Crypto, CryptoRefused> {
    Ok(web_sys::window().ok_or(CryptoRefused)?.crypto()?)
}

fn subtle() -> Result<SubtleCrypto, CryptoRefused> {
    Ok(crypto()?.subtle())
}

fn ecdsa() -> EcdsaParams {
    EcdsaParams::new_with_str("ECDSA", "SHA-256")
}

fn octets(buffer: JsValue) -> Result<Vec<u8>, CryptoRefused> {
    let buffer: ArrayBuffer = buffer.dyn_into().map_err(|_| CryptoRefused)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn part<T: JsCast>(object: &Object, name: &str) -> Option<T> {
    js_sys::Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}
