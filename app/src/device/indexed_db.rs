//! `IndexedDB`, with its requests as futures. What is stored is `database`'s business.

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use crate::js::{call, get, method, object, set, settled};

/// The browser keeps nothing, or not this: a private tab, Lockdown Mode, a full disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageRefused;

impl From<JsValue> for StorageRefused {
    fn from(_: JsValue) -> Self {
        Self
    }
}

pub type Stored<T> = Result<T, StorageRefused>;

/// To one database; closed when it is dropped.
pub struct Connection(JsValue);

pub struct Transaction(JsValue);

impl Connection {
    /// Makes the stores where they are missing; `key` is the member that a record is known by.
    pub async fn open(
        name: &str,
        version: u32,
        stores: &'static [&'static str],
        key: &'static str,
    ) -> Stored<Self> {
        let factory = web_sys::window().map_or(JsValue::UNDEFINED, |window| get(&window, "indexedDB"));
        let request = call(&factory, "open", &[&name.into(), &version.into()])?;
        let asked = request.clone();
        let make = Closure::once(move || {
            let database = get(&asked, "result");
            let options = object(&[("keyPath", &key.into())]);
            for store in stores {
                // Where this fails, the first transaction fails too and says so.
                drop(call(
                    &database,
                    "createObjectStore",
                    &[&(*store).into(), &options],
                ));
            }
        });
        set(&request, "onupgradeneeded", make.as_ref());
        let database = result(request).await?;
        // A newer page in another tab may change the stores: it must not wait for this one to close.
        let close = method(&database, "close")?;
        set(&database, "onversionchange", &close);
        Ok(Self(database))
    }

    pub fn read(&self, store: &str) -> Stored<Transaction> {
        self.transaction(&[store], "readonly")
    }

    pub fn write(&self, stores: &[&str]) -> Stored<Transaction> {
        self.transaction(stores, "readwrite")
    }

    fn transaction(&self, stores: &[&str], mode: &str) -> Stored<Transaction> {
        let stores: Array = stores.iter().map(|store| JsValue::from_str(store)).collect();
        let transaction = call(&self.0, "transaction", &[&stores, &mode.into()])?;
        Ok(Transaction(transaction))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        drop(call(&self.0, "close", &[]));
    }
}

impl Transaction {
    /// A request whose end is the transaction's.
    pub fn tell(&self, store: &str, method: &str, argument: &JsValue) -> Stored<JsValue> {
        let store = call(&self.0, "objectStore", &[&store.into()])?;
        Ok(call(&store, method, &[argument])?)
    }

    /// A request whose result is waited for.
    pub async fn ask(&self, store: &str, method: &str, argument: &JsValue) -> Stored<JsValue> {
        result(self.tell(store, method, argument)?).await
    }

    /// Everything is stored, or nothing.
    pub async fn finished(self) -> Stored<()> {
        ended(&self.0, "oncomplete", "onabort").await
    }
}

async fn result(request: JsValue) -> Stored<JsValue> {
    ended(&request, "onsuccess", "onerror").await?;
    Ok(get(&request, "result"))
}

/// The first of the two events.
async fn ended(target: &JsValue, good: &str, bad: &str) -> Stored<()> {
    let ended = Promise::new(&mut |resolve, reject| {
        set(target, good, &resolve);
        set(target, bad, &reject);
    });
    settled(Ok(ended.into())).await?;
    Ok(())
}
