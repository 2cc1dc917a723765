//! `/admin/options` and `/admin/reminders`: a script and what it does.

use leptos::prelude::*;
use shared::api::ScriptName;

use crate::feature::{Heading, Link, ScriptEditor};
use crate::flow::console_place::versions;
use crate::i18n::{t, word};
use crate::words;

#[component]
pub fn ScriptPage(name: ScriptName) -> impl IntoView {
    let said = words::script_name(name);
    view! {
        <div class="stack">
            <div class="page-head">
                <Heading text=t(said.title) />
                <Link href=versions(name)>{t(word::options::VERSIONS)}</Link>
            </div>
            <p>{t(said.lead)}</p>
            <ScriptEditor name />
        </div>
    }
}
