//! Dates and times as the reader's region writes them, by the browser's own `Intl`.

use js_sys::{Date, Object, Reflect};
use leptos::prelude::window;
use shared::api::Timestamp;
use wasm_bindgen::JsValue;

use crate::{browser, i18n::Language};

/// "22 November 2028".
pub fn date(at: &Timestamp, language: Language) -> String {
    written(
        at,
        language,
        &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
    )
}

/// "22 Nov 2028", for tables.
pub fn short_date(at: &Timestamp, language: Language) -> String {
    written(at, language, &[("dateStyle", "medium")])
}

/// "22 Nov 2028, 14:02".
pub fn date_and_time(at: &Timestamp, language: Language) -> String {
    written(at, language, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// "14:02".
pub fn time(at: &Timestamp, language: Language) -> String {
    written(at, language, &[("timeStyle", "short")])
}

/// "14:02" on the same day as the other time, else with its date.
pub fn soon(at: &Timestamp, other: &Timestamp, language: Language) -> String {
    if short_date(at, language) == short_date(other, language) {
        time(at, language)
    } else {
        date_and_time(at, language)
    }
}

/// With the options of `Intl.DateTimeFormat`; what is no time stays as it came.
fn written(at: &Timestamp, language: Language, wanted: &[(&str, &str)]) -> String {
    let Some(time) = browser::milliseconds(at) else {
        return at.0.clone();
    };
    let options = Object::new();
    for (name, value) in wanted {
        drop(Reflect::set(
            &options,
            &JsValue::from_str(name),
            &JsValue::from_str(value),
        ));
    }
    let date = Date::new(&JsValue::from_f64(time));
    String::from(date.to_locale_string(&locale(language), &options))
}

/// The browser's own region where it speaks the page's language: an English page is dated the British way in Britain.
fn locale(language: Language) -> String {
    window()
        .navigator()
        .language()
        .filter(|tag| Language::from_tag(tag) == Some(language))
        .unwrap_or_else(|| language.code().to_owned())
}
