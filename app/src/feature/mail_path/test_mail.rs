//! A test mail to oneself, by the way that every mail goes.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::MailPath;
use super::choice::Choice;
use crate::api::{self, Failure};
use crate::i18n::{Language, say, t, use_language, word};
use crate::state::{SignedIn, use_session};
use crate::ui::{Button, Notice, Tone, anew, derived, memo};
use crate::words;

const WHERE: &str = "test-where";

#[component]
pub fn TestMail(path: MailPath) -> impl IntoView {
    let session = use_session();
    let address = memo(move || {
        session.signed_in.with(|who| match who {
            SignedIn::Yes(me) => me.email.clone(),
            _ => None,
        })
    });
    let language = RwSignal::new(use_language().get_untracked());
    let busy = RwSignal::new(false);
    let outcome = RwSignal::new(None::<Result<(), Failure>>);
    let send = Callback::new(move |()| {
        busy.set(true);
        outcome.set(None);
        let language = language.get_untracked().on_wire();
        spawn_local(async move {
            let answer = api::mail::send_test(language).await;
            busy.try_set(false);
            outcome.try_set(Some(answer.map_err(|failure| session.heed(failure))));
            if outcome.try_get_untracked().is_some() {
                path.look();
            }
        });
    });
    let told = say(move |language| match address.get() {
        Some(address) => word::outbox::test_to(language, &address),
        None => word::outbox::TEST_NO_ADDRESS.text(language).to_owned(),
    });
    view! {
        <section class="card" aria-labelledby="test-title">
            <h2 id="test-title">{t(word::outbox::TEST)}</h2>
            <p id=WHERE class="muted">{told}</p>
            <div class="choices-row">
                <Choice id="test-language" label=word::language::LABEL offered=languages() chosen=language />
                <Button
                    label=t(word::outbox::TEST_SEND)
                    busy
                    unusable=derived(move || address.with(Option::is_none))
                    described_by=WHERE
                    on_press=send
                />
            </div>
            <div role="status">{anew(move || outcome.get().map(|outcome| view! { <Outcome outcome /> }))}</div>
        </section>
    }
}

#[component]
fn Outcome(outcome: Result<(), Failure>) -> impl IntoView {
    let (tone, word) = match outcome {
        Ok(()) => (Tone::Good, word::outbox::TEST_SENT),
        Err(failure) => (Tone::Bad, words::console_failure(&failure)),
    };
    view! {
        <Notice tone>
            <p>{t(word)}</p>
        </Notice>
    }
}

/// As their speakers call them.
pub fn languages() -> Vec<(Language, Signal<String>)> {
    Language::ALL
        .map(|language| (language, language.own_name().to_owned().into()))
        .into()
}
