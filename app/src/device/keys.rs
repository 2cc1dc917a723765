//! Keys in `WebCrypto`'s keeping: P-256, made here and not extractable, so that their private halves are never octets
//! that this code could read. Storage is `database`'s; keys that others made come by `sealed`.

use shared::api::Purpose;
use shared::protocol::request;
use wasm_bindgen::JsValue;

use super::decryption::{DecryptionKey, agree};
use super::subtle::{
    CryptoRefused, algorithm, bytes, call, is_private_and_kept, name_of, octets, random, usages,
};
use crate::js::get;

/// A key pair whose private half cannot be exported.
#[derive(Clone)]
pub struct KeyPair(JsValue);

/// The keys of one enrollment or mobile ID.
#[derive(Clone, Default)]
pub struct KeySet {
    /// One a purpose. In the place of `encryption`, whose key the CA side makes: the transport key, until all keys
    /// that are sealed to it have been unwrapped.
    pub pairs: Vec<(Purpose, KeyPair)>,
    /// The private keys of encryption certificates, by the certificates' serial numbers.
    pub decryption: Vec<(String, DecryptionKey)>,
}

impl KeyPair {
    /// One that signs or, for `encryption`, one that agrees on secrets (ECDH).
    pub async fn generate(purpose: Purpose) -> Result<Self, CryptoRefused> {
        let (name, usages) = match purpose {
            Purpose::Encryption => ("ECDH", usages(&["deriveBits"])),
            Purpose::Authentication | Purpose::Signature => ("ECDSA", usages(&["sign", "verify"])),
        };
        let kind = algorithm(name, &[("namedCurve", &"P-256".into())]);
        let pair = call("generateKey", &[&kind, &JsValue::FALSE, &usages]).await?;
        Self::from_js(pair).ok_or(CryptoRefused)
    }

    /// Takes back what `as_js` gave to storage. `None` where it is anything but a pair with a private half that
    /// cannot be exported.
    pub fn from_js(value: JsValue) -> Option<Self> {
        let pair = Self(value);
        let has_public = get(&pair.public(), "type").as_string().as_deref() == Some("public");
        (has_public && is_private_and_kept(&pair.private())).then_some(pair)
    }

    /// As storage takes it.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }

    pub(super) fn private(&self) -> JsValue {
        get(&self.0, "privateKey")
    }

    fn public(&self) -> JsValue {
        get(&self.0, "publicKey")
    }

    /// The `SubjectPublicKeyInfo`, DER.
    pub async fn public_key(&self) -> Result<Vec<u8>, CryptoRefused> {
        octets(call("exportKey", &[&"spki".into(), &self.public()]).await?)
    }

    /// ECDSA with SHA-256: r and s, 32 octets each.
    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64], CryptoRefused> {
        let signature = call("sign", &[&ecdsa(), &self.private(), &bytes(message)]).await?;
        octets(signature)?.try_into().map_err(|_| CryptoRefused)
    }

    /// Uses it on octets of chance: some browsers store a key but give back one that does not work.
    pub async fn test(&self) -> Result<(), CryptoRefused> {
        let is_good = if name_of(&self.private()).as_deref() == Some("ECDH") {
            let other = Self::generate(Purpose::Encryption).await?;
            other.shows_fit(&self.private(), &self.public()).await?
        } else {
            let message = random::<32>()?;
            let signature = self.sign(&message).await?;
            let arguments = [&ecdsa(), &self.public(), &bytes(&signature), &bytes(&message)];
            call("verify", &arguments).await?.is_truthy()
        };
        if is_good { Ok(()) } else { Err(CryptoRefused) }
    }

    /// Whether these two are halves of one key: with this pair, both find the same secret.
    pub(super) async fn shows_fit(&self, private: &JsValue, public: &JsValue) -> Result<bool, CryptoRefused> {
        Ok(agree(private, &self.public()).await? == agree(&self.private(), public).await?)
    }

    /// A PKCS#10 request (DER) that proves possession of the key.
    pub async fn request(&self) -> Result<Vec<u8>, CryptoRefused> {
        let info = request::info(&self.public_key().await?).map_err(|_| CryptoRefused)?;
        let signature = self.sign(&info).await?;
        request::request(&info, &signature).map_err(|_| CryptoRefused)
    }
}

impl KeySet {
    pub fn pair(&self, wanted: Purpose) -> Option<&KeyPair> {
        let found = self.pairs.iter().find(|(purpose, _)| *purpose == wanted);
        found.map(|(_, pair)| pair)
    }

    pub fn decryption_key(&self, serial: &str) -> Option<&DecryptionKey> {
        let found = self.decryption.iter().find(|(kept, _)| kept == serial);
        found.map(|(_, key)| key)
    }

    /// Purpose and `SubjectPublicKeyInfo` of every pair.
    pub async fn public_keys(&self) -> Result<Vec<(Purpose, Vec<u8>)>, CryptoRefused> {
        let mut public = Vec::with_capacity(self.pairs.len());
        for (purpose, pair) in &self.pairs {
            public.push((*purpose, pair.public_key().await?));
        }
        Ok(public)
    }
}

fn ecdsa() -> JsValue {
    algorithm("ECDSA", &[("hash", &"SHA-256".into())])
}
