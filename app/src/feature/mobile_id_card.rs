//! The card of the Dashboard that shows the user's current mobile ID, and the mark of a state.

use leptos::prelude::*;
use shared::api::{MobileIdState, MobileIdSummary};
use shared::url::page;

use super::Link;
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
    // The active one where there is one; else the newest, whatever became of it.
    let newest = mobile_ids.first().cloned();
    let current = mobile_ids
        .into_iter()
        .find(|mobile_id| mobile_id.state == MobileIdState::Active)
        .or(newest);
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
    let MobileIdSummary {
        id,
        state,
        phone,
        valid_until,
        ..
    } = mobile_id;
    view! {
        <MobileIdMark state />
        <p>{phone}</p>
        <p class="muted">
            {say(move |language| word::dashboard::until(language, &words::date(&valid_until, language)))}
        </p>
        <p>
            <Link href=page::mobile_id(id)>{t(word::dashboard::DETAILS)}</Link>
        </p>
    }
}
