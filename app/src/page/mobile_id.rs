//! `/mobile-ids/{id}`: one of them.

use leptos::prelude::*;
use shared::problem::Code;
use shared::url::page;
use uuid::Uuid;

use super::not_found::NotFoundPage;
use crate::api;
use crate::feature::{Actions, Confirmation, Heading, Link, MobileIdDetails, Told, Waiting, load};
use crate::i18n::{t, word};
use crate::ui::{anew, derived, memo};

#[component]
pub fn MobileIdPage(id: Uuid) -> impl IntoView {
    let found = load(move || api::mobile_id::lookup(id));
    let (value, failure) = (found.value, found.failure);
    let actions = Actions::of(id, found);
    let is_missing = memo(move || {
        failure.with(|failure| failure.as_ref().and_then(api::Failure::code)) == Some(Code::NotFound)
    });
    let name = memo(move || value.with(|value| value.as_ref().map(|found| found.summary.name.clone())));
    anew(move || {
        if is_missing.get() {
            return view! { <NotFoundPage /> }.into_any();
        }
        view! {
            <div class="stack-wide">
                {anew(move || {
                    name.get()
                        .map(|name| {
                            view! {
                                <div class="stack">
                                    <p>
                                        <Link href=page::MOBILE_IDS>{t(word::mobile_id::BACK)}</Link>
                                    </p>
                                    <Heading text=name />
                                    <Told actions />
                                </div>
                                {anew(move || {
                                    (!actions.is_deleted.get()).then(|| view! { <MobileIdDetails actions /> })
                                })}
                            }
                        })
                })}
                <Waiting
                    is_loaded=derived(move || value.with(Option::is_some))
                    failure
                    again=found.again
                />
            </div>
            <Confirmation actions />
        }
        .into_any()
    })
}
