//! `/mobile-ids/{id}`: one of them.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use shared::problem::Code;
use shared::url::page;
use uuid::Uuid;

use super::not_found::NotFoundPage;
use crate::api;
use crate::feature::{Heading, MobileIdDetails, Waiting, load};
use crate::i18n::{t, word};

#[component]
pub fn MobileIdPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<Uuid>().ok()));
    // Another id is another page: it is built anew.
    move || match id.get() {
        Some(id) => view! { <OneMobileId id /> }.into_any(),
        None => view! { <NotFoundPage /> }.into_any(),
    }
}

#[component]
fn OneMobileId(id: Uuid) -> impl IntoView {
    let found = load(move || api::mobile_id::lookup(id));
    let (value, failure) = (found.value, found.failure);
    let is_missing = Memo::new(move |_| {
        failure.with(|failure| failure.as_ref().and_then(api::Failure::code)) == Some(Code::NotFound)
    });
    move || {
        if is_missing.get() {
            return view! { <NotFoundPage /> }.into_any();
        }
        view! {
            <div class="stack-wide">
                {move || {
                    value
                        .get()
                        .map(|mobile_id| {
                            let name = mobile_id.summary.name.clone();
                            view! {
                                <div class="stack">
                                    <p>
                                        <A href=page::MOBILE_IDS>{t(word::mobile_id::BACK)}</A>
                                    </p>
                                    <Heading text=name />
                                </div>
                                <MobileIdDetails mobile_id />
                            }
                        })
                }}
                <Waiting
                    is_loaded=Signal::derive(move || value.with(Option::is_some))
                    failure
                    again=found.again
                />
            </div>
        }
        .into_any()
    }
}
