//! Saving: the changes first, then why, and only then the button that does it.

use leptos::ev::SubmitEvent;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ScriptName, ScriptVersion};
use shared::problem::Code;

use super::desk::Desk;
use super::diff::{Diff, Difference};
use crate::api::{self, Failure};
use crate::browser;
use crate::i18n::{Word, say, t, word};
use crate::state::use_session;
use crate::ui::{Button, Field, Look, Modal, Notice, Tone, anew, close_modal, derived, whenever};
use crate::words;

const COMMENT: &str = "comment";
const SAVED: &str = "saved";

/// A text that is to become the next version.
#[derive(Clone)]
pub struct Wish {
    pub name: ScriptName,
    pub text: String,
    /// The version that it takes the place of.
    pub base: u32,
    /// Why; kept where the dialog is closed and opened again.
    pub comment: RwSignal<String>,
}

/// For the editor.
#[component]
pub fn SaveDialog(desk: Desk) -> impl IntoView {
    let wish = Wish {
        name: desk.name,
        text: desk.text.get_untracked(),
        base: desk.base.get_untracked(),
        comment: desk.comment,
    };
    let on_saved = Callback::new(move |version| desk.has_saved(version));
    let on_refused = Callback::new(move |failure: Failure| {
        if desk.is_refused_for_good(&failure) {
            desk.is_saving.set(false);
            true
        } else {
            false
        }
    });
    let on_close = Callback::new(move |()| desk.is_saving.set(false));
    view! { <Confirm title=words::script_name(desk.name).save_title wish on_saved on_refused on_close /> }
}

#[component]
pub fn Confirm(
    title: Word,
    wish: Wish,
    on_saved: Callback<ScriptVersion>,
    /// True where the dialog has no more to say about it.
    on_refused: Callback<Failure, bool>,
    on_close: Callback<()>,
) -> impl IntoView {
    let (name, base, comment) = (wish.name, wish.base, wish.comment);
    let text = wish.text;
    let session = use_session();
    let node = NodeRef::<Dialog>::new();
    let close = Callback::new(move |()| close_modal(node));
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let is_comment_missing = RwSignal::new(false);
    let shown = text.clone();
    let difference = Difference::ask(move || api::script::diff(name, base, shown.clone()));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let why = comment.get_untracked().trim().to_owned();
        is_comment_missing.set(why.is_empty());
        if why.is_empty() {
            browser::focus(COMMENT);
            return;
        }
        busy.set(true);
        failure.set(None);
        let text = text.clone();
        spawn_local(async move {
            let answer = api::script::save(name, text, why, base).await;
            busy.try_set(false);
            match answer {
                Ok(version) => {
                    comment.try_set(String::new());
                    on_saved.try_run(version);
                }
                Err(error) => {
                    let error = session.heed(error);
                    if error.code() == Some(Code::CommentMissing) {
                        is_comment_missing.try_set(true);
                        browser::focus(COMMENT);
                    } else if on_refused.try_run(error.clone()) != Some(true) {
                        failure.try_set(Some(error));
                    }
                }
            }
        });
    };
    let missing = t(word::options::COMMENT_MISSING);
    let error = derived(move || is_comment_missing.get().then(|| missing.get()));
    view! {
        <Modal labelled_by="save-title" node on_close held=busy>
            <header class="modal-top">
                <h2 id="save-title">{t(title)}</h2>
            </header>
            <form class="modal-form" novalidate on:submit=save>
                <div class="modal-body">
                    <p>{t(words::script_name(name).save_text)}</p>
                    <Diff difference />
                    <Field
                        id=COMMENT
                        label=t(word::options::COMMENT)
                        hint=t(word::options::COMMENT_HINT)
                        value=comment
                        autocomplete="off"
                        error
                    />
                    <Refused failure />
                </div>
                <Foot busy close />
            </form>
        </Modal>
    }
}

#[component]
fn Foot(busy: RwSignal<bool>, close: Callback<()>) -> impl IntoView {
    view! {
        <footer class="modal-foot">
            <div class="modal-buttons">
                <Button label=t(word::options::NOT_YET) busy on_press=close />
                <Button label=t(word::options::SAVE_NOW) look=Look::Primary busy submit=true />
            </div>
        </footer>
    }
}

/// Why it was not saved; pressing once more is safe.
#[component]
fn Refused(failure: RwSignal<Option<Failure>>) -> impl IntoView {
    anew(move || {
        failure.get().map(|failure| {
            let sentence = say(move |language| words::console_failure(&failure).text(language).to_owned());
            view! {
                <Notice tone=Tone::Bad alert=true>
                    <p>{sentence}</p>
                </Notice>
            }
        })
    })
}

/// What was saved, in a word, and what it means for those who are in the middle of it.
#[component]
pub fn Saved(desk: Desk) -> impl IntoView {
    whenever(move || {
        if desk.saved.with(Option::is_some) {
            request_animation_frame(|| browser::focus(SAVED));
        }
    });
    anew(move || {
        desk.saved.get().map(|version| {
            let told = say(move |language| word::options::saved(language, &version.number.to_string()));
            view! {
                <Notice tone=Tone::Good>
                    <p id=SAVED tabindex="-1" role="status">{told}</p>
                </Notice>
            }
        })
    })
}
