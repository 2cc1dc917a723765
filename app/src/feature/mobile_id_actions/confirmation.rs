//! The one dialog that asks before something is done to a mobile ID: what follows, why, and the two buttons.

use leptos::ev::SubmitEvent;
use leptos::html::Dialog;
use leptos::prelude::*;
use shared::api::{LockReason, MobileIdAction};

use super::Actions;
use crate::feature::lock_reasons::{Fate, LockConsequences, LockReasons, reason_of};
use crate::feature::slip::{PASSWORD, PasswordAgain};
use crate::i18n::{Word, say, t, word};
use crate::ui::{Button, Look, Modal, Tone, anew, close_modal, memo, notice};

/// Title, consequence, and the button that does it.
const fn words_of(action: MobileIdAction) -> [Word; 3] {
    use word::confirm as w;
    match action {
        MobileIdAction::Lock => [w::LOCK, word::lock::CONSEQUENCES, w::LOCK_DO],
        MobileIdAction::Resume => [w::RESUME, w::RESUME_TEXT, word::mobile_id::RESUME],
        MobileIdAction::Delete => [w::DELETE, w::DELETE_TEXT, w::DELETE_DO],
        MobileIdAction::Pause | MobileIdAction::Test => [w::PAUSE, w::PAUSE_TEXT, w::PAUSE_DO],
    }
}

#[component]
pub fn Confirmation(actions: Actions) -> impl IntoView {
    anew(move || actions.is_open.get().then(|| view! { <Question actions /> }))
}

/// It goes from one question to another without closing.
#[component]
fn Question(actions: Actions) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    let on_close = Callback::new(move |()| actions.close());
    let close = Callback::new(move |()| close_modal(node));
    let go = move |event: SubmitEvent| {
        event.prevent_default();
        actions.go();
    };
    let is_lock = memo(move || actions.asked.get() == MobileIdAction::Lock);
    let [title, text, label] = [0, 1, 2].map(|place: usize| {
        say(move |language| {
            let word = words_of(actions.asked.get()).into_iter().nth(place);
            word.map_or_else(String::new, |word| word.text(language).to_owned())
        })
    });
    view! {
        <Modal labelled_by="confirm-title" node on_close held=actions.busy>
            <header class="modal-top">
                <h2 id="confirm-title">{title}</h2>
            </header>
            <form class="modal-form" novalidate on:submit=go>
                <div class="modal-body modal-short">
                    <p>{text}</p>
                    {anew(move || is_lock.get().then(|| view! { <Lock actions /> }))}
                    <PasswordAgain
                        password=actions.password
                        is_needed=actions.password_needed
                        slip=actions.slip
                    />
                    <Failed actions />
                </div>
                <footer class="modal-foot">
                    <div class="modal-buttons">
                        <Button label=t(word::confirm::KEEP) busy=actions.busy on_press=close />
                        <Button label look=Look::Primary busy=actions.busy submit=true />
                    </div>
                </footer>
            </form>
        </Modal>
    }
}

#[component]
fn Lock(actions: Actions) -> impl IntoView {
    let fate = if actions.asks_fate() {
        let is_reasoned = memo(move || actions.lock.with(Option::is_some));
        anew(move || is_reasoned.get().then(|| view! { <Fate lock=actions.lock /> }))
    } else {
        view! { <p>{t(word::lock::ALL_REVOKED)}</p> }.into_any()
    };
    view! {
        <LockReasons lock=actions.lock />
        {fate}
        <LockConsequences lock=actions.lock />
        <Mislaid actions />
    }
}

/// Who may find the phone again is offered what can be undone.
#[component]
fn Mislaid(actions: Actions) -> impl IntoView {
    let is_mislaid = memo(move || {
        reason_of(actions.lock) == Some(LockReason::Lost) && actions.allows(MobileIdAction::Pause)
    });
    let pause = Callback::new(move |()| actions.asked.set(MobileIdAction::Pause));
    anew(move || {
        is_mislaid.get().then(|| {
            view! {
                <p class="row">
                    {t(word::lock::MISLAID)}
                    <Button label=t(word::lock::MISLAID_DO) look=Look::Quiet busy=actions.busy on_press=pause />
                </p>
            }
        })
    })
}

/// Why it was not done, where the password's field does not say so.
#[component]
fn Failed(actions: Actions) -> impl IntoView {
    anew(move || {
        let slip = actions.slip.get().filter(|slip| slip.field != Some(PASSWORD));
        slip.map(|slip| notice(Tone::Bad, true, say(move |language| slip.text(language))))
    })
}
