//! `/sign-in`: the form, and the way back to where one came from.

use leptos::prelude::*;

use crate::feature::{Heading, SignInForm};
use crate::flow::return_path::after_sign_in;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_address, use_session};

#[component]
pub fn SignInPage() -> impl IntoView {
    let session = use_session();
    let address = use_address();
    let from = address.value("from");
    let is_in = Memo::new(move |_| matches!(session.signed_in.get(), SignedIn::Yes(_)));
    Effect::new(move || {
        if is_in.get() {
            address.replace(after_sign_in(from.get_untracked().as_deref()));
        }
    });
    view! {
        <div class="sign-in card">
            <p class="product">{t(word::product::FULL_NAME)}</p>
            <Heading text=t(word::sign_in::TITLE) />
            {from.get_untracked().is_some().then(|| view! { <p class="muted">{t(word::sign_in::GO_ON)}</p> })}
            <SignInForm />
        </div>
    }
}
