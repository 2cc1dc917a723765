//! Lets only the signed-in see a page; others are led to the sign-in page and back afterwards.

use leptos::prelude::*;

use super::link::{in_place, use_go};
use crate::browser;
use crate::flow::return_path::sign_in_from;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_session};
use crate::ui::{Button, Notice, Ring, Tone, anew, whenever};
use crate::words;

#[component]
pub fn Guard(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    let who = session.signed_in;
    let go = use_go();
    whenever(move || {
        if who.with(|who| *who == SignedIn::No) {
            go(&sign_in_from(&browser::path_and_query()), in_place());
        }
    });
    anew(move || match who.get() {
        SignedIn::Yes(_) => children().into_any(),
        SignedIn::No => ().into_any(),
        SignedIn::Unknown => view! { <Ring label=t(word::product::LOADING) /> }.into_any(),
        SignedIn::Unclear(failure) => view! {
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
