//! A parsed JSON value: the browser's, or, where the library's tests run, serde_json's.

#[cfg(target_arch = "wasm32")]
pub use of_browser::Value;
#[cfg(not(target_arch = "wasm32"))]
pub use of_host::Value;

#[cfg(target_arch = "wasm32")]
mod of_browser {
    use js_sys::{Array, JSON, Reflect};
    use wasm_bindgen::JsValue;

    pub struct Value(JsValue);

    impl Value {
        pub fn parse(text: &str) -> Option<Self> {
            JSON::parse(text).ok().map(Self)
        }

        /// `null`, or no such field.
        pub fn is_missing(&self) -> bool {
            self.0.is_null() || self.0.is_undefined()
        }

        pub fn is_object(&self) -> bool {
            self.0.is_object() && !Array::is_array(&self.0)
        }

        pub fn truth(&self) -> Option<bool> {
            self.0.as_bool()
        }

        pub fn number(&self) -> Option<f64> {
            self.0.as_f64()
        }

        pub fn text(&self) -> Option<String> {
            self.0.as_string()
        }

        pub fn items(&self) -> Option<Vec<Self>> {
            Array::is_array(&self.0).then(|| Array::from(&self.0).iter().map(Self).collect())
        }

        pub fn field(&self, name: &str) -> Self {
            Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod of_host {
    use serde_json::Value as Json;

    pub struct Value(Json);

    impl Value {
        pub fn parse(text: &str) -> Option<Self> {
            serde_json::from_str(text).ok().map(Self)
        }

        pub fn is_missing(&self) -> bool {
            self.0.is_null()
        }

        pub fn is_object(&self) -> bool {
            self.0.is_object()
        }

        pub fn truth(&self) -> Option<bool> {
            self.0.as_bool()
        }

        pub fn number(&self) -> Option<f64> {
            self.0.as_f64()
        }

        pub fn text(&self) -> Option<String> {
            self.0.as_str().map(str::to_owned)
        }

        pub fn items(&self) -> Option<Vec<Self>> {
            Some(self.0.as_array()?.iter().cloned().map(Self).collect())
        }

        pub fn field(&self, name: &str) -> Self {
            Self(self.0.get(name).cloned().unwrap_or_default())
        }
    }
}
