//! The one dialog that asks before something is done to a mobile ID: what follows, why, and the two buttons.

use leptos::ev::SubmitEvent;
use leptos::html::Dialog;
use leptos::prelude::*;
use shared::api::{LockReason, MobileIdAction};

use super::{Actions, Deed};
use crate::feature::lock_reasons::{LockConsequences, LockReasons};
use crate::feature::slip::PasswordAgain;
use crate::i18n::{Word, say, t, word};
use crate::ui::{Button, Look, Modal, Notice, Tone, close_modal};

/// Title, consequence, and the button that does it.
const fn words_of(deed: Deed) -> (Word, Word, Word) {
    use word::confirm as w;
    match deed {
        Deed::Lock => (w::LOCK, word::lock::CONSEQUENCES, w::LOCK_DO),
        Deed::Pause => (w::PAUSE, w::PAUSE_TEXT, w::PAUSE_DO),
        Deed::Resume => (w::RESUME, w::RESUME_TEXT, word::mobile_id::RESUME),
        Deed::Delete => (w::DELETE, w::DELETE_TEXT, w::DELETE_DO),
    }
}

#[component]
pub fn Confirmation(actions: Actions) -> impl IntoView {
    let is_open = Memo::new(move |_| actions.asked.get().is_some());
    // It goes from one question to another without closing, and keeps the last one while it closes.
    let deed = Memo::new(move |before: Option<&Deed>| {
        actions
            .asked
            .get()
            .unwrap_or_else(|| before.copied().unwrap_or(Deed::Pause))
    });
    move || is_open.get().then(|| view! { <Question actions deed /> })
}

#[component]
fn Question(actions: Actions, deed: Memo<Deed>) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    let on_close = Callback::new(move |()| actions.close());
    let close = Callback::new(move |()| close_modal(node));
    let go = move |event: SubmitEvent| {
        event.prevent_default();
        actions.go(deed.get_untracked());
    };
    let text = move |pick: fn((Word, Word, Word)) -> Word| {
        say(move |language| pick(words_of(deed.get())).text(language).to_owned())
    };
    view! {
        <Modal labelled_by="confirm-title" node on_close held=actions.busy>
            <header class="modal-top">
                <h2 id="confirm-title">{text(|words| words.0)}</h2>
            </header>
            <form class="modal-form" novalidate on:submit=go>
                <div class="modal-body modal-short">
                    {move || match deed.get() {
                        Deed::Lock => view! { <Lock actions /> }.into_any(),
                        _ => view! { <p>{text(|words| words.1)}</p> }.into_any(),
                    }}
                    <PasswordAgain password=actions.password is_needed=actions.password_needed slip=actions.slip />
                    <Failed actions />
                </div>
                <footer class="modal-foot">
                    <div class="modal-buttons">
                        <Button label=t(word::confirm::KEEP) busy=actions.busy on_press=close />
                        <Button label=text(|words| words.2) look=Look::Primary busy=actions.busy submit=true />
                    </div>
                </footer>
            </form>
        </Modal>
    }
}

#[component]
fn Lock(actions: Actions) -> impl IntoView {
    let is_mislaid = Memo::new(move |_| {
        actions.reason.get() == Some(LockReason::Lost) && actions.allows(MobileIdAction::Pause)
    });
    view! {
        <LockReasons chosen=actions.reason />
        <div class="stack consequences">
            <LockConsequences chosen=actions.reason />
            {move || {
                is_mislaid
                    .get()
                    .then(|| {
                        view! {
                            <p class="row">
                                {t(word::lock::MISLAID)}
                                <Button
                                    label=t(word::lock::MISLAID_DO)
                                    look=Look::Quiet
                                    on_press=Callback::new(move |()| actions.asked.set(Some(Deed::Pause)))
                                />
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// Why it was not done, where the password's field does not say so.
#[component]
fn Failed(actions: Actions) -> impl IntoView {
    let slip = Signal::derive(move || {
        actions
            .slip
            .get()
            .filter(|slip| slip.field != Some(crate::feature::slip::PASSWORD))
    });
    move || {
        slip.get().map(|slip| {
            view! {
                <Notice tone=Tone::Bad alert=true>
                    <p>{say(move |language| slip.text(language))}</p>
                </Notice>
            }
        })
    }
}
