//! The user's mobile IDs with their states.

use leptos::prelude::*;
use shared::api::MobileIdSummary;
use shared::url::page;

use super::Link;
use super::mobile_id_card::MobileIdMark;
use crate::i18n::{say, t, word};
use crate::words;

#[component]
pub fn MobileIdList(
    /// Newest first.
    mobile_ids: Vec<MobileIdSummary>,
) -> impl IntoView {
    if mobile_ids.is_empty() {
        return view! {
            <div class="card">
                <p class="card-title">{t(word::mobile_ids::EMPTY)}</p>
                <p class="muted">{t(word::mobile_ids::EMPTY_TEXT)}</p>
                <p>
                    <Link href=page::DASHBOARD>{t(word::not_found::BACK)}</Link>
                </p>
            </div>
        }
        .into_any();
    }
    view! {
        <ul class="mobile-ids">
            {mobile_ids.into_iter().map(|mobile_id| view! { <Row mobile_id /> }).collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn Row(mobile_id: MobileIdSummary) -> impl IntoView {
    let href = page::mobile_id(mobile_id.id);
    let state = mobile_id.state;
    let (name, phone) = (mobile_id.name.clone(), mobile_id.phone.clone());
    let term = say(move |language| words::mobile_id_term(&mobile_id, language));
    view! {
        <li>
            <Link href=href class="mobile-id-row">
                <span class="mobile-id-name">{name}</span>
                <MobileIdMark state />
                <span class="mobile-id-term muted">{phone} " · " {term}</span>
                <svg class="card-arrow" viewBox="0 0 20 20" aria-hidden="true">
                    <path d="M7 3l7 7-7 7" />
                </svg>
            </Link>
        </li>
    }
}
