//! `/admin/…/versions/{number}`: one version of a script.

use leptos::prelude::*;
use shared::api::ScriptName;

use crate::api;
use crate::feature::{Heading, ScriptVersionDetails, Waiting, load};
use crate::i18n::{say, word};
use crate::ui::{anew, derived};

#[component]
pub fn VersionPage(name: ScriptName, number: u32) -> impl IntoView {
    let found = load(move || api::script::version(name, number));
    let value = found.value;
    view! {
        <div class="stack-wide">
            <Heading text=say(move |language| {
                word::options::version_number(language, &number.to_string())
            }) />
            {anew(move || value.get().map(|script| view! { <ScriptVersionDetails script /> }))}
            <Waiting
                is_loaded=derived(move || value.with(Option::is_some))
                failure=found.failure
                again=found.again
            />
        </div>
    }
}
