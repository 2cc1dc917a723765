//! `/mobile-ids/{id}`: one of them.

use leptos::prelude::*;
use shared::problem::Code;
use shared::url::page;
use uuid::Uuid;

use super::not_found::NotFoundPage;
use crate::api;
use crate::feature::{Heading, Link, MobileIdDetails, Waiting, load};
use crate::i18n::{t, word};

#[component]
pub fn MobileIdPage(id: Uuid) -> impl IntoView {
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
                                        <Link href=page::MOBILE_IDS>{t(word::mobile_id::BACK)}</Link>
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
