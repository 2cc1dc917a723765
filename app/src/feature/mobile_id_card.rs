//! The card of the Dashboard that shows the user's current mobile ID, and the mark of a state.

use leptos::prelude::*;
use shared::api::{MobileIdState, MobileIdSummary};
use shared::url::page;

use super::Link;
use super::mobile_id_actions::lost_url;
use crate::i18n::{say, t, word};
use crate::ui::{Mark, StateMark};
use crate::words;

/// A state as shape and word.
#[component]
pub fn MobileIdMark(state: MobileIdState) -> impl IntoView {
    let mark = match state {
        MobileIdState::Registered => Mark::Heed,
        MobileIdState::Active => Mark::Tick,
        MobileIdState::Inactive => Mark::Bars,
        MobileIdState::Locked => Mark::Lock,
        MobileIdState::Expired => Mark::Clock,
    };
    view! { <StateMark mark label=t(words::mobile_id_state(state)) /> }
}

#[component]
pub fn MobileIdCard(
    /// Newest first.
    mobile_ids: Vec<MobileIdSummary>,
) -> impl IntoView {
    // The active one where there is one, or one that is paused; else the newest, whatever became of it.
    let current = mobile_ids
        .into_iter()
        .min_by_key(|mobile_id| match mobile_id.state {
            MobileIdState::Active => 0,
            MobileIdState::Inactive => 1,
            MobileIdState::Registered | MobileIdState::Locked | MobileIdState::Expired => 2,
        });
    view! {
        <section class="card" aria-labelledby="yours-title">
            <h2 id="yours-title" class="card-title">{t(word::dashboard::YOURS)}</h2>
            {match current {
                None => view! { <p class="muted">{t(word::dashboard::NONE)}</p> }.into_any(),
                Some(mobile_id) => view! { <Current mobile_id /> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Current(mobile_id: MobileIdSummary) -> impl IntoView {
    let (id, state, phone) = (mobile_id.id, mobile_id.state, mobile_id.phone.clone());
    let is_usable = matches!(state, MobileIdState::Active | MobileIdState::Inactive);
    view! {
        <MobileIdMark state />
        <p>{phone}</p>
        <p class="muted sentence">{say(move |language| words::mobile_id_term(&mobile_id, language))}</p>
        <p class="row">
            <Link href=page::mobile_id(id)>{t(word::dashboard::DETAILS)}</Link>
            {is_usable.then(|| view! { <Link href=lost_url(id)>{t(word::dashboard::LOST)}</Link> })}
        </p>
    }
}
