//! `/admin/…/versions`: every version of a script.

use leptos::prelude::*;
use shared::api::ScriptName;

use crate::api;
use crate::feature::{Heading, Link, ScriptVersionList, Waiting, load};
use crate::flow::console_place::editor;
use crate::i18n::{t, word};
use crate::ui::{anew, derived};
use crate::words;

#[component]
pub fn VersionsPage(name: ScriptName) -> impl IntoView {
    let list = load(move || api::script::versions(name));
    let value = list.value;
    view! {
        <div class="stack-wide">
            <div class="page-head">
                <Heading text=t(words::script_name(name).versions_title) />
                <Link href=editor(name)>{t(word::options::TO_EDITOR)}</Link>
            </div>
            {anew(move || value.get().map(|versions| view! { <ScriptVersionList name versions /> }))}
            <Waiting
                is_loaded=derived(move || value.with(Option::is_some))
                failure=list.failure
                again=list.again
            />
        </div>
    }
}
