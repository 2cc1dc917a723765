//! Anything else.

use leptos::prelude::*;
use shared::url::page;

use crate::feature::{Heading, Link};
use crate::i18n::{t, word};

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <div class="stack">
            <Heading text=t(word::not_found::TITLE) />
            <p>{t(word::not_found::TEXT)}</p>
            <p>
                <Link href=page::DASHBOARD>{t(word::not_found::BACK)}</Link>
            </p>
        </div>
    }
}
