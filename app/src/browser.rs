//! What we ask of the browser itself: storage, languages, the clock, media, clipboard. Every call is total: a browser
//! that refuses (private tab, blocked storage) gives `None` or does nothing.

use js_sys::{Array, Date, Uint8Array};
use leptos::prelude::{document, window};
use shared::api::Timestamp;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, DragEvent, Event, File, HtmlElement, HtmlInputElement, Storage, Url};

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

pub fn local_get(key: &str) -> Option<String> {
    local()?.get_item(key).ok().flatten()
}

pub fn local_set(key: &str, value: &str) {
    if let Some(storage) = local() {
        drop(storage.set_item(key, value));
    }
}

/// For this tab only.
pub fn session_get(key: &str) -> Option<String> {
    session()?.get_item(key).ok().flatten()
}

/// An empty value removes the key.
pub fn session_set(key: &str, value: &str) {
    if let Some(storage) = session() {
        drop(if value.is_empty() {
            storage.remove_item(key)
        } else {
            storage.set_item(key, value)
        });
    }
}

/// BCP 47 tags, the most wanted first.
pub fn languages() -> Vec<String> {
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|tag| tag.as_string())
        .collect()
}

pub fn set_page_language(code: &str) {
    if let Some(root) = document().document_element() {
        drop(root.set_attribute("lang", code));
    }
}

pub fn set_title(title: &str) {
    document().set_title(title);
}

/// The server marks its pages in demo mode.
pub fn is_demo() -> bool {
    document()
        .document_element()
        .is_some_and(|root| root.get_attribute("data-demo").as_deref() == Some("true"))
}

/// Such as `https://id.example.com`.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Path and query of the page that is open.
pub fn path_and_query() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Loads a path of this site; in place of this page, Back does not come to it again.
pub fn load(path: &str, in_place: bool) {
    let location = window().location();
    drop(if in_place {
        location.replace(path)
    } else {
        location.assign(path)
    });
}

/// The page is not behind another one.
pub fn is_seen() -> bool {
    !document().hidden()
}

pub fn matches_media(query: &str) -> bool {
    window()
        .match_media(query)
        .ok()
        .flatten()
        .is_some_and(|list| list.matches())
}

/// Moves the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document()
        .get_element_by_id(id)
        .and_then(|e| e.dyn_into::<HtmlElement>().ok())
    {
        drop(element.focus());
    }
}

/// False where the browser refuses.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Milliseconds since 1970 by the browser's clock.
pub fn now() -> f64 {
    Date::now()
}

/// Milliseconds since 1970; `None` where the text is no time.
pub fn milliseconds(at: &Timestamp) -> Option<f64> {
    let time = Date::parse(&at.0);
    time.is_finite().then_some(time)
}

/// Takes away what the page showed before the application was there.
pub fn clear_first_paint() {
    if let Some(paint) = document().get_element_by_id("first-paint") {
        paint.remove();
    }
}

/// Scrolls a frame of so many lines until this one, counted from 1, stands near its middle.
pub fn scroll_to_line(frame: &HtmlElement, line: u32, lines: usize) {
    let lines = i32::try_from(lines.max(1)).unwrap_or(i32::MAX);
    let line = i32::try_from(line).unwrap_or(i32::MAX).min(lines);
    let top = (line - 1).saturating_mul(frame.scroll_height() / lines);
    frame.set_scroll_top(top - frame.client_height() / 2);
}

/// What was chosen in a file field; the field is ready for the same file again.
pub fn chosen_file(event: &Event) -> Option<File> {
    let field = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let file = field.files()?.get(0);
    field.set_value("");
    file
}

/// `None` where the file cannot be read any more.
pub async fn read_text(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// An address to save `content` from, good until `release`. Of no type, so that the browser never shows it as a page
/// of this site.
pub fn address_of(content: &JsValue) -> Option<String> {
    let parts = Array::of1(content);
    let options = BlobPropertyBag::new();
    options.set_type("application/octet-stream");
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

pub fn release(address: &str) {
    drop(Url::revoke_object_url(address));
}

/// `None` where the file cannot be read any more.
pub async fn read_octets(file: &File) -> Option<Vec<u8>> {
    let octets = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&octets).to_vec())
}

/// What was dropped.
pub fn dropped_file(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.get(0)
}
