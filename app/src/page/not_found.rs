//! Anything else.

use leptos::prelude::*;
use leptos_router::components::A;
use shared::url::page;

use crate::feature::Heading;
use crate::i18n::{t, word};

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <div class="stack">
            <Heading text=t(word::not_found::TITLE) />
            <p>{t(word::not_found::TEXT)}</p>
            <p>
                <A href=page::DASHBOARD>{t(word::not_found::BACK)}</A>
            </p>
        </div>
    }
}
