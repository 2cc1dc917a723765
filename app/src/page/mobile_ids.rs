//! `/mobile-ids`: the user's mobile IDs.

use leptos::prelude::*;

use crate::api;
use crate::feature::{Heading, MobileIdList, Waiting, load};
use crate::i18n::{t, word};
use crate::ui::{anew, derived};

#[component]
pub fn MobileIdsPage() -> impl IntoView {
    let list = load(api::mobile_id::list);
    let value = list.value;
    view! {
        <div class="stack-wide">
            <Heading text=t(word::mobile_ids::TITLE) />
            {anew(move || value.get().map(|mobile_ids| view! { <MobileIdList mobile_ids /> }))}
            <Waiting
                is_loaded=derived(move || value.with(Option::is_some))
                failure=list.failure
                again=list.again
            />
        </div>
    }
}
