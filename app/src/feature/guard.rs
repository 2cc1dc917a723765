//! Lets only the signed-in see a page; others are led to the sign-in page and back afterwards.

use leptos::prelude::*;

use super::link::{in_place, use_go};
use crate::browser;
use crate::flow::return_path::sign_in_from;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_session};
use crate::ui::{Button, Notice, Ring, Tone, anew, memo, whenever};
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
    let gate = memo(move || match session.signed_in.get() {
        SignedIn::Unknown => Gate::Waiting,
        SignedIn::No => Gate::Shut,
        SignedIn::Yes(_) => Gate::Open,
        SignedIn::Unclear(failure) => Gate::Unclear(failure),
    });
    let go = use_go();
    whenever(move || {
        if gate.get() == Gate::Shut {
            go(&sign_in_from(&browser::path_and_query()), in_place());
        }
    });
    anew(move || match gate.get() {
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
    })
}
