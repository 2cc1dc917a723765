//! One mobile ID: its state and facts, certificates, history, and what can be done.

use leptos::prelude::*;
use shared::api::{HistoryEntry, MobileId, MobileIdState};

use super::certificates::Certificates;
use super::facts::Facts;
use super::mobile_id_actions::{Actions, PossibleActions};
use super::mobile_id_card::MobileIdMark;
use super::recovered::Recovered;
use crate::flow::encryption::is_valid;
use crate::i18n::{say, t, word};
use crate::ui::{Tone, anew, notice};
use crate::words;

#[component]
pub fn MobileIdDetails(actions: Actions) -> impl IntoView {
    view! {
        <div class="stack-wide">
            {anew(move || actions.mobile_id.get().map(|mobile_id| view! { <Facets mobile_id /> }))}
            <PossibleActions actions />
        </div>
    }
}

#[component]
fn Facets(mobile_id: MobileId) -> impl IntoView {
    let MobileId {
        certificates,
        history,
        ..
    } = mobile_id.clone();
    let recovered = mobile_id.clone();
    view! {
        <Standing mobile_id />
        <section class="stack">
            <h2 id="certificates-title">{t(word::fact::CERTIFICATES)}</h2>
            <Certificates certificates labelled_by="certificates-title" />
        </section>
        <Recovered mobile_id=recovered />
        <section class="stack">
            <h2>{t(word::mobile_id::HISTORY)}</h2>
            <ol class="history">
                {history.into_iter().map(|entry| view! { <Entry entry /> }).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn Standing(mobile_id: MobileId) -> impl IntoView {
    let MobileId {
        summary,
        server_name,
        user_id,
        valid_from,
        failure,
        lock_reason,
        pause_cause,
        certificates,
        ..
    } = mobile_id;
    let state = summary.state;
    let is_kept = state == MobileIdState::Locked && is_valid(&certificates);
    let mut rows = Vec::new();
    if let Some(reason) = lock_reason {
        rows.push((word::fact::LOCKED_BECAUSE, t(words::lock_reason(reason))));
    }
    if let Some(cause) = pause_cause {
        rows.push((word::fact::PAUSED_BY, t(words::pause_cause(cause))));
    }
    if let Some(at) = summary.locks_at {
        rows.push((
            word::fact::LOCKS_AT,
            say(move |language| words::date_and_time(&at, language)),
        ));
    }
    rows.extend([
        (word::fact::PHONE, summary.phone.into()),
        (word::fact::SERVER, server_name.into()),
        (word::fact::USER_ID, user_id.into()),
        (
            word::fact::VALID_FROM,
            say(move |language| words::date(&valid_from, language)),
        ),
        (
            word::fact::VALID_UNTIL,
            say(move |language| words::date(&summary.valid_until, language)),
        ),
    ]);
    view! {
        <section class="card">
            <div class="row">
                <MobileIdMark state />
                <span class="muted">{t(words::mobile_id_meaning(state))}</span>
            </div>
            {failure.map(|failure| notice(Tone::Heed, false, t(words::ending(failure))))}
            {is_kept.then(|| notice(Tone::Calm, false, t(word::lock::KEPT)))}
            <Facts rows />
        </section>
    }
}

#[component]
fn Entry(entry: HistoryEntry) -> impl IntoView {
    let HistoryEntry { at, event, by } = entry;
    let iso = at.0.clone();
    view! {
        <li>
            <time datetime=iso>{say(move |language| words::date_and_time(&at, language))}</time>
            <span>{t(words::event(event))} <span class="muted">" · " {t(words::actor(by))}</span></span>
        </li>
    }
}
