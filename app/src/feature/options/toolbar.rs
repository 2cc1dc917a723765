//! Under the editor: save, throw away, and the text from a file and as a file.

use leptos::ev::Event;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk::Desk;
use crate::i18n::{Word, t, word};
use crate::ui::{Button, Look, anew, derived, memo};
use crate::{api, browser};

/// As much as the server takes.
const MAX_OCTETS: f64 = 65_536.0;
const WHY: &str = "save-why";

#[component]
pub fn Toolbar(desk: Desk) -> impl IntoView {
    let is_changed = memo(move || desk.is_changed());
    let is_faulty = memo(move || {
        desk.check
            .with(|check| check.as_ref().is_some_and(|check| !check.faults.is_empty()))
    });
    let is_stale = memo(move || desk.is_stale());
    let why = memo(move || {
        if !is_changed.get() {
            Why::NothingChanged
        } else if is_stale.get() {
            Why::Stale
        } else if is_faulty.get() {
            Why::Faulty
        } else {
            Why::None
        }
    });
    let save = Callback::new(move |()| {
        desk.saved.set(None);
        desk.is_saving.set(true);
    });
    // What was thrown away last, in case it was a slip.
    let thrown = RwSignal::new(None::<(u32, String)>);
    let discard = Callback::new(move |()| {
        thrown.set(Some((desk.base.get_untracked(), desk.text.get_untracked())));
        desk.take_in_force();
    });
    let bring_back = Callback::new(move |()| {
        if let Some((base, text)) = thrown.get_untracked() {
            thrown.set(None);
            desk.base.set(base);
            desk.text.set(text);
        }
    });
    view! {
        <div class="row">
            <Button
                label=t(word::options::SAVE)
                look=Look::Primary
                unusable=derived(move || why.get() != Why::None)
                described_by=WHY
                on_press=save
            />
            {anew(move || {
                is_changed
                    .get()
                    .then(|| view! { <Button label=t(word::options::DISCARD) on_press=discard /> })
            })}
            {anew(move || {
                (!is_changed.get() && thrown.get().is_some())
                    .then(|| view! { <Button label=t(word::options::BRING_BACK) on_press=bring_back /> })
            })}
            <p id=WHY class="muted">{anew(move || why.get().word().map(t))}</p>
        </div>
        <Files desk />
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    None,
    NothingChanged,
    Faulty,
    Stale,
}

impl Why {
    const fn word(self) -> Option<Word> {
        match self {
            Self::None => None,
            Self::NothingChanged => Some(word::options::NOTHING_CHANGED),
            Self::Faulty => Some(word::options::FAULTS_FIRST),
            Self::Stale => Some(word::options::STALE_FIRST),
        }
    }
}

/// The version in force as a file; a file as the text.
#[component]
fn Files(desk: Desk) -> impl IntoView {
    let slip = RwSignal::new(None::<Word>);
    let number = memo(move || {
        desk.in_force
            .with(|script| script.as_ref().map(|script| script.in_force))
    });
    let take = move |event: Event| {
        let Some(file) = browser::chosen_file(&event) else {
            return;
        };
        if file.size() > MAX_OCTETS {
            slip.set(Some(word::options::FILE_TOO_LARGE));
            return;
        }
        spawn_local(async move {
            match browser::read_text(&file).await {
                Some(text) => {
                    slip.try_set(None);
                    desk.text.try_set(text.replace("\r\n", "\n").replace('\r', "\n"));
                }
                None => {
                    slip.try_set(Some(word::options::FILE_UNREADABLE));
                }
            }
        });
    };
    view! {
        <div class="row">
            <label class="button file-button">
                {t(word::options::IMPORT)}
                <input type="file" class="for-ears" accept=".rhai,.txt,text/plain" on:change=take />
            </label>
            {anew(move || {
                number
                    .get()
                    .map(|number| {
                        view! {
                            <a class="button" href=api::script::file(desk.name, number) download="">
                                {t(word::options::EXPORT)}
                            </a>
                        }
                    })
            })}
        </div>
        <p class="field-error" role="alert">{anew(move || slip.get().map(t))}</p>
    }
}
