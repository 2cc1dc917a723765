//! `/admin/options/versions/{number}`: one version of the script.

use leptos::prelude::*;

use crate::api;
use crate::feature::{Heading, ScriptVersionDetails, Waiting, load};
use crate::i18n::{say, word};

#[component]
pub fn VersionPage(number: u32) -> impl IntoView {
    let found = load(move || api::script::version(number));
    let value = found.value;
    view! {
        <div class="stack-wide">
            <Heading text=say(move |language| {
                word::options::version_number(language, &number.to_string())
            }) />
            {move || value.get().map(|script| view! { <ScriptVersionDetails script /> })}
            <Waiting
                is_loaded=Signal::derive(move || value.with(Option::is_some))
                failure=found.failure
                again=found.again
            />
        </div>
    }
}
