//! For those who are signed in but are no administrators.

use leptos::prelude::*;
use shared::problem::Code;
use shared::url::page;

use crate::feature::{Heading, Link};
use crate::i18n::{t, word};
use crate::words;

#[component]
pub fn RoleNeededPage() -> impl IntoView {
    view! {
        <div class="stack">
            <Heading text=t(word::options::ROLE_NEEDED) />
            <p>{t(words::problem(Code::RoleNeeded))}</p>
            <p>
                <Link href=page::DASHBOARD>{t(word::not_found::BACK)}</Link>
            </p>
        </div>
    }
}
