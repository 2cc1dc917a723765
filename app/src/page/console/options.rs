//! `/admin/options`: the script and what it does.

use leptos::prelude::*;

use crate::feature::{Heading, OptionsEditor};
use crate::i18n::{t, word};

#[component]
pub fn OptionsPage() -> impl IntoView {
    view! {
        <div class="stack">
            <Heading text=t(word::options::TITLE) />
            <p>{t(word::options::LEAD)}</p>
            <OptionsEditor />
        </div>
    }
}
