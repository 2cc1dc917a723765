//! What the phone page asks of its browser besides keys and storage: the address bar, what kind of browser it is,
//! and waiting. No rules here.

use js_sys::{Array, Function, Promise};
use shared::url::page;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AddEventListenerOptions, EventTarget, Window};

use super::description::Hints;
use crate::browser;
use crate::js::{call, get, object, settled};

/// In `sessionStorage`: the code that the address bar must not keep. `m.html` puts it there before this program
/// is even loaded.
const CODE_KEY: &str = "activation-code";
/// In `public/`.
const WORKER: &str = "/sw.js";
/// Fired by `wake`: ends a pause.
const WAKE_EVENT: &str = "smart-id-wake";

/// The code that a link brought here, taken out of the address bar. It stays for a reload until `drop_code`.
pub fn take_code() -> Option<String> {
    let fragment = window()?.location().hash().unwrap_or_default();
    if let Some(code) = fragment.strip_prefix('#').filter(|code| !code.is_empty()) {
        clear_address();
        keep_code(code);
        return Some(code.to_owned());
    }
    browser::session_get(CODE_KEY)
}

/// Keeps a typed code as if a link had brought it.
pub fn keep_code(code: &str) {
    browser::session_set(CODE_KEY, code);
}

pub fn drop_code() {
    browser::session_set(CODE_KEY, "");
}

fn clear_address() {
    if let Some(Ok(history)) = window().map(|window| window.history()) {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(page::PHONE)));
    }
}

/// The host that asks, with its port: "portal.example.com".
pub fn host() -> String {
    window()
        .and_then(|window| window.location().host().ok())
        .unwrap_or_default()
}

pub fn is_secure_context() -> bool {
    window().is_some_and(|window| window.is_secure_context())
}

pub fn has_indexed_db() -> bool {
    window().is_some_and(|window| get(&window, "indexedDB").is_object())
}

/// Whether the page was opened from the Home Screen.
pub fn is_standalone() -> bool {
    browser::matches_media("(display-mode: standalone)")
        || window().is_some_and(|window| get(&window.navigator(), "standalone").is_truthy())
}

/// Lets the page open without a network from the next time on. A browser without service workers goes without.
pub async fn register_worker() {
    let Some(window) = window() else { return };
    let options = object(&[("scope", &page::PHONE.into())]);
    let container = get(&window.navigator(), "serviceWorker");
    drop(settled(call(&container, "register", &[&WORKER.into(), &options])).await);
}

/// Asks that this page's storage not be cleared to make room. True where the browser grants it.
pub async fn persist_storage() -> bool {
    call_storage("persist").await.is_truthy()
}

pub async fn is_storage_persisted() -> bool {
    call_storage("persisted").await.is_truthy()
}

async fn call_storage(method: &str) -> JsValue {
    let Some(window) = window() else {
        return JsValue::FALSE;
    };
    let storage = get(&window.navigator(), "storage");
    settled(call(&storage, method, &[]))
        .await
        .unwrap_or(JsValue::UNDEFINED)
}

/// What the browser says of itself and of the phone.
pub async fn hints() -> Hints {
    let Some(window) = window() else {
        return Hints::default();
    };
    let navigator = window.navigator();
    let data = get(&navigator, "userAgentData");
    let brands = get(&data, "brands").dyn_into::<Array>().unwrap_or_default();
    let wanted = Array::of1(&"model".into());
    let values = settled(call(&data, "getHighEntropyValues", &[&wanted]))
        .await
        .unwrap_or(JsValue::UNDEFINED);
    Hints {
        user_agent: navigator.user_agent().unwrap_or_default(),
        touch_points: u32::try_from(navigator.max_touch_points()).unwrap_or(0),
        brands: brands
            .iter()
            .filter_map(|brand| get(&brand, "brand").as_string())
            .collect(),
        model: get(&values, "model").as_string(),
    }
}

/// Waits, but no longer than until the network is back, the page is looked at again, or `wake` is called.
pub async fn pause(milliseconds: u32) {
    let (Some(window), Ok(controller)) = (window(), AbortController::new()) else {
        return;
    };
    let options = AddEventListenerOptions::new();
    options.set_once(true);
    options.set_signal(&controller.signal());
    let listen = |target: &EventTarget, event: &str, wake: &Function| {
        drop(target.add_event_listener_with_callback_and_add_event_listener_options(event, wake, &options));
    };
    let woken = Promise::new(&mut |wake, _| {
        let limit = i32::try_from(milliseconds).unwrap_or(i32::MAX);
        drop(window.set_timeout_with_callback_and_timeout_and_arguments_0(&wake, limit));
        listen(&window, "online", &wake);
        listen(&window, WAKE_EVENT, &wake);
        if let Some(document) = window.document() {
            listen(&document, "visibilitychange", &wake);
        }
    });
    drop(JsFuture::from(woken).await);
    controller.abort();
}

/// Whether nobody looks at the page.
pub fn is_hidden() -> bool {
    window()
        .and_then(|window| window.document())
        .is_some_and(|document| document.hidden())
}

/// Ends every pause now.
pub fn wake() {
    if let (Some(window), Ok(event)) = (window(), web_sys::Event::new(WAKE_EVENT)) {
        drop(window.dispatch_event(&event));
    }
}

fn window() -> Option<Window> {
    web_sys::window()
}
