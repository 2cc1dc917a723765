//! Lets only the signed-in see a page; others are led to the sign-in page and back afterwards.

use leptos::prelude::*;

use crate::flow::return_path::sign_in_from;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_address, use_session};
use crate::ui::{Button, Notice, Ring, Tone};
use crate::words;

#[derive(Clone, PartialEq)]
enum Gate {
    Waiting,
    Open,
    Shut,
    Unclear(crate::api::Failure),
}

#[component]
pub fn Guard(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    let gate = Memo::new(move |_| match session.signed_in.get() {
        SignedIn::Unknown => Gate::Waiting,
        SignedIn::No => Gate::Shut,
        SignedIn::Yes(_) => Gate::Open,
        SignedIn::Unclear(failure) => Gate::Unclear(failure),
    });
    let address = use_address();
    Effect::new(move || {
        if gate.get() == Gate::Shut {
            address.replace(&sign_in_from(&address.text()));
        }
    });
    move || match gate.get() {
        Gate::Open => children().into_any(),
        Gate::Shut => ().into_any(),
        Gate::Waiting => view! { <Ring label=t(word::product::LOADING) /> }.into_any(),
        Gate::Unclear(failure) => view! {
            <Notice tone=Tone::Bad alert=true>
                <p>{t(words::failure(&failure))}</p>
                <Button
                    label=t(word::shell::TRY_AGAIN)
                    on_press=Callback::new(move |()| session.look())
                />
            </Notice>
        }
        .into_any(),
    }
}
