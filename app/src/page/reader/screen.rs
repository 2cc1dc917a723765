//! What the reader shows, drawn.

use leptos::ev::DragEvent;
use leptos::prelude::*;
use shared::url::page;

use super::Reader;
use crate::browser;
use crate::i18n::{Language, Word, word};
use crate::page::phone::frame::{Frame, actions};
use crate::reader::{Content, Fault};
use crate::ui::{Look, Mark, Tone};

#[derive(Clone, PartialEq)]
pub enum Screen {
    Checking,
    /// With the number of certificates on this phone.
    Choose(usize),
    Opening,
    Opened(Opened),
    Failed(Fault),
}

#[derive(Clone, PartialEq)]
pub struct Opened {
    /// To save the content from.
    pub address: String,
    pub content: Content,
    /// Of the mobile ID, and of the certificate that the file was for.
    pub profile_name: String,
    pub serial: String,
}

pub fn frame(reader: Reader, screen: &Screen, language: Language) -> Frame {
    use word::reader as w;
    let frame = match screen {
        Screen::Checking => return Frame::new(word::phone::CHECKING.text(language)).busy(),
        Screen::Opening => return Frame::new(w::OPENING.text(language)).busy(),
        Screen::Choose(count) => Frame::new(w::HEADING.text(language))
            .say(match count {
                1 => w::WHAT_ONE.text(language).to_owned(),
                count => w::what(language, &count.to_string()),
            })
            .say_as("muted small", w::PRIVATE.text(language))
            .part(chooser(reader, w::CHOOSE, Look::Primary, language)),
        Screen::Opened(opened) => {
            opened_frame(opened, language).part(chooser(reader, w::ANOTHER, Look::Plain, language))
        }
        Screen::Failed(fault) => failed(reader, fault, language),
    };
    frame.part(back(language))
}

fn opened_frame(opened: &Opened, language: Language) -> Frame {
    use word::reader as w;
    let save = view! {
        <a class="button" data-look="primary" href=opened.address.clone() download=opened.content.name.clone()>
            {w::SAVE.text(language)}
        </a>
    };
    let text = opened.content.text.clone().map(|text| {
        view! {
            <pre class="reader-text" tabindex="0" role="region" aria-label=w::CONTENT.text(language)>
                {text}
            </pre>
        }
        .into_any()
    });
    let frame = Frame::new(w::OPENED.text(language))
        .sign("good", Mark::Tick)
        .say_as("phone-lead reader-name", opened.content.name.clone())
        .say_as(
            "muted small",
            w::opened_with(language, &opened.profile_name, &opened.serial),
        );
    let frame = match text {
        Some(text) => frame.part(text),
        None => frame.say(w::NOT_SHOWN.text(language)),
    };
    frame.part(actions(vec![save.into_any()]))
}

fn failed(reader: Reader, fault: &Fault, language: Language) -> Frame {
    let (heading, text) = sentences(fault);
    let mut frame = Frame::new(heading.text(language))
        .sign("bad", Mark::Stop)
        .say(text.text(language));
    if let Fault::Unsupported(name) = fault {
        frame = frame.notice(Tone::Calm, vec![word::reader::technically(language, name)]);
    }
    if fault.is_the_files() {
        frame = frame.part(chooser(reader, word::reader::ANOTHER, Look::Primary, language));
    }
    frame
}

/// Heading and text.
const fn sentences(fault: &Fault) -> (Word, Word) {
    use word::phone_stop as stop;
    use word::reader_stop as w;
    match fault {
        Fault::BrowserUnfit => (stop::OLD_BROWSER, w::BROWSER_UNFIT_TEXT),
        Fault::StorageRefused => (w::STORAGE_REFUSED, w::STORAGE_REFUSED_TEXT),
        Fault::NoCertificate => (w::NO_CERTIFICATE, w::NO_CERTIFICATE_TEXT),
        Fault::TooLarge => (w::TOO_LARGE, w::TOO_LARGE_TEXT),
        Fault::Unreadable => (w::UNREADABLE, w::UNREADABLE_TEXT),
        Fault::NotCms => (w::NOT_CMS, w::NOT_CMS_TEXT),
        Fault::Signed => (w::SIGNED, w::SIGNED_TEXT),
        Fault::NotEncrypted => (w::NOT_ENCRYPTED, w::NOT_ENCRYPTED_TEXT),
        Fault::NotForThisPhone => (w::NOT_FOR_THIS_PHONE, w::NOT_FOR_THIS_PHONE_TEXT),
        Fault::Unsupported(_) => (w::UNSUPPORTED, w::UNSUPPORTED_TEXT),
        Fault::Damaged => (w::DAMAGED, w::DAMAGED_TEXT),
    }
}

/// A file field, and with a mouse a place to drop a file.
fn chooser(reader: Reader, label: Word, look: Look, language: Language) -> AnyView {
    let is_over = RwSignal::new(false);
    let hover = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if let Some(file) = browser::dropped_file(&event) {
            reader.take(file);
        }
    };
    let choose = move |event| {
        if let Some(file) = browser::chosen_file(&event) {
            reader.take(file);
        }
    };
    view! {
        <div
            class="reader-drop"
            data-over=move || is_over.get().then_some("true")
            on:dragover=hover
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            <label class="button" data-look=look.name()>
                <input type="file" class="for-ears" on:change=choose />
                {label.text(language)}
            </label>
            <p class="muted small reader-drop-hint">{word::reader::DROP.text(language)}</p>
        </div>
    }
    .into_any()
}

fn back(language: Language) -> AnyView {
    view! { <p><a href=page::PHONE>{word::phone::TO_LIST.text(language)}</a></p> }.into_any()
}
