//! `WebCrypto`: what it takes, and what it gives.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::js::{self, get, set, settled};

/// `WebCrypto` is missing, refused, or answered something else than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CryptoRefused;

impl From<JsValue> for CryptoRefused {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// Whether the browser has it: it is hidden outside of a secure context.
pub fn is_present() -> bool {
    subtle().is_object()
}

/// A method of `SubtleCrypto`.
pub fn call(
    method: &str,
    arguments: &[&JsValue],
) -> impl Future<Output = Result<JsValue, CryptoRefused>> + use<> {
    answer(js::call(&subtle(), method, arguments))
}

async fn answer(promise: Result<JsValue, JsValue>) -> Result<JsValue, CryptoRefused> {
    Ok(settled(promise).await?)
}

/// A key that cannot be exported. `usage`: empty for a public key of ECDH.
pub async fn import(
    format: &str,
    key: &[u8],
    algorithm: &JsValue,
    usage: &str,
) -> Result<JsValue, CryptoRefused> {
    let usages = if usage.is_empty() {
        usages(&[])
    } else {
        usages(&[usage])
    };
    let arguments = [&format.into(), &bytes(key), algorithm, &JsValue::FALSE, &usages];
    call("importKey", &arguments).await
}

/// Octets of chance from the browser's cryptographic generator.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoRefused> {
    let filled = Uint8Array::new_with_length(u32::try_from(N).map_err(|_| CryptoRefused)?);
    js::call(&crypto(), "getRandomValues", &[&filled])?;
    filled.to_vec().try_into().map_err(|_| CryptoRefused)
}

/// An algorithm by its name, with what else it needs.
pub fn algorithm(name: &str, parameters: &[(&str, &JsValue)]) -> JsValue {
    let algorithm = js::object(parameters);
    set(&algorithm, "name", &name.into());
    algorithm
}

/// What a key may be used for.
pub fn usages(names: &[&str]) -> JsValue {
    let names: Array = names.iter().map(|name| JsValue::from_str(name)).collect();
    names.into()
}

/// As an argument.
pub fn bytes(octets: &[u8]) -> JsValue {
    Uint8Array::from(octets).into()
}

/// From an answer.
pub fn octets(answer: JsValue) -> Result<Vec<u8>, CryptoRefused> {
    let buffer: ArrayBuffer = answer.dyn_into().map_err(|_| CryptoRefused)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Whether this is a private key whose octets the browser gives to nobody.
pub fn is_private_and_kept(key: &JsValue) -> bool {
    get(key, "type").as_string().as_deref() == Some("private")
        && get(key, "extractable").as_bool() == Some(false)
}

/// The name of a key's algorithm.
pub fn name_of(key: &JsValue) -> Option<String> {
    get(&get(key, "algorithm"), "name").as_string()
}

fn crypto() -> JsValue {
    web_sys::window().map_or(JsValue::UNDEFINED, |window| get(&window, "crypto"))
}

fn subtle() -> JsValue {
    get(&crypto(), "subtle")
}
