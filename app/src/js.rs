//! JavaScript's objects by the names of their members: one piece of code for every call. Bindings of its own for each
//! would cost the phone page kilobytes.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A property, or `undefined` where there is no such object or property.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A property of an object that takes it.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    drop(Reflect::set(object, &name.into(), value));
}

pub fn object(members: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new().into();
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

/// A method that belongs to its object wherever it is called.
pub fn method(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    let method: Function = get(object, name).dyn_into()?;
    Ok(method.bind0(object))
}

/// Calls a method. An error where it throws one, or there is no such method.
pub fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let arguments: Array = arguments.iter().collect();
    let method: Function = get(object, name).dyn_into()?;
    method.apply(object, &arguments)
}

/// What a promise becomes.
pub async fn settled(promise: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let promise: Promise = promise?.dyn_into()?;
    JsFuture::from(promise).await
}
