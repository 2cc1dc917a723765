//! `/admin/options/versions`: every version of the script.

use leptos::prelude::*;

use crate::api;
use crate::feature::{Heading, ScriptVersionList, Waiting, load};
use crate::i18n::{t, word};

#[component]
pub fn VersionsPage() -> impl IntoView {
    let list = load(api::script::versions);
    let value = list.value;
    view! {
        <div class="stack-wide">
            <Heading text=t(word::options::VERSIONS_TITLE) />
            {move || value.get().map(|versions| view! { <ScriptVersionList versions /> })}
            <Waiting
                is_loaded=Signal::derive(move || value.with(Option::is_some))
                failure=list.failure
                again=list.again
            />
        </div>
    }
}
