//! The last resort: after a panic nothing of the application lives any more, so the page itself says what to do.
//! No signals, no views: only what the browser does without us.

use std::panic;

use leptos::prelude::document;
use shared::url::page;

use crate::i18n::{stored_or_browser_language, word};

/// Call first.
pub fn show_when_it_happens() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        // What cannot be shown has at least been written to the console.
        let _ = show();
    }));
}

fn show() -> Option<()> {
    let language = stored_or_browser_language();
    let element = |name: &str, text: &str| {
        let element = document().create_element(name).ok()?;
        element.set_text_content(Some(text));
        Some(element)
    };
    let main = element("main", "")?;
    main.set_class_name("content stack");
    let link = element("a", word::broken::RELOAD.text(language))?;
    // The process, and what was typed, are kept: the same address leads back to the same step.
    link.set_attribute("href", "").ok()?;
    link.set_attribute("target", "_self").ok()?;
    let home = element("a", word::not_found::BACK.text(language))?;
    home.set_attribute("href", page::DASHBOARD).ok()?;
    // A target of its own keeps both links out of the hands of the application that is no more.
    home.set_attribute("target", "_self").ok()?;
    let title = element("h1", word::broken::TITLE.text(language))?;
    title.set_attribute("role", "alert").ok()?;
    let text = element("p", word::broken::TEXT.text(language))?;
    for child in [&title, &text, &link, &home] {
        main.append_child(child).ok()?;
    }
    let body = document().body()?;
    body.set_text_content(None);
    body.append_child(&main).ok()?;
    Some(())
}
