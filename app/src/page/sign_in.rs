//! `/sign-in`: the form, and the way back to where one came from.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::feature::{Heading, SignInForm, in_place, use_go};
use crate::flow::return_path::after_sign_in;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_session};
use crate::ui::{memo, whenever};

#[component]
pub fn SignInPage() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let is_in = memo(move || matches!(session.signed_in.get(), SignedIn::Yes(_)));
    let from = move || query.with_untracked(|query| query.get("from"));
    let go = use_go();
    whenever(move || {
        if is_in.get() {
            go(after_sign_in(from().as_deref()), in_place());
        }
    });
    view! {
        <div class="sign-in card">
            <p class="product">{t(word::product::FULL_NAME)}</p>
            <Heading text=t(word::sign_in::TITLE) />
            {from().is_some().then(|| view! { <p class="muted">{t(word::sign_in::GO_ON)}</p> })}
            <SignInForm />
        </div>
    }
}
