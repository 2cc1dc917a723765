//! One mobile ID: its state and facts, certificates, history, and what can be done.

use leptos::prelude::*;
use shared::api::{HistoryEntry, MobileId, MobileIdState};

use super::certificates::Certificates;
use super::facts::Facts;
use super::get_mobile_id_card::{StartFailure, start};
use super::mobile_id_card::MobileIdMark;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Notice, Tone};
use crate::words;

#[component]
pub fn MobileIdDetails(mobile_id: MobileId) -> impl IntoView {
    let MobileId {
        summary,
        server_name,
        user_id,
        valid_from,
        failure,
        certificates,
        history,
        ..
    } = mobile_id;
    let state = summary.state;
    view! {
        <div class="stack-wide">
            <section class="card">
                <div class="row">
                    <MobileIdMark state />
                    <span class="muted">{t(words::mobile_id_meaning(state))}</span>
                </div>
                {failure
                    .map(|failure| {
                        view! {
                            <Notice tone=Tone::Heed>
                                <p>{t(words::ending(failure))}</p>
                            </Notice>
                        }
                    })}
                <Facts rows=vec![
                    (word::fact::PHONE, summary.phone.into()),
                    (word::fact::SERVER, server_name.into()),
                    (word::fact::USER_ID, user_id.into()),
                    (word::fact::VALID_FROM, say(move |language| words::date(&valid_from, language))),
                    (
                        word::fact::VALID_UNTIL,
                        say(move |language| words::date(&summary.valid_until, language)),
                    ),
                ] />
            </section>
            <section class="stack">
                <h2 id="certificates-title">{t(word::fact::CERTIFICATES)}</h2>
                <Certificates certificates />
            </section>
            <section class="stack">
                <h2>{t(word::mobile_id::HISTORY)}</h2>
                <ol class="history">
                    {history.into_iter().map(|entry| view! { <Entry entry /> }).collect_view()}
                </ol>
            </section>
            <PossibleActions state />
        </div>
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

#[component]
fn PossibleActions(state: MobileIdState) -> impl IntoView {
    let starting = start();
    let text = match state {
        MobileIdState::Registered => word::mobile_id::AGAIN,
        _ => word::mobile_id::REPLACE,
    };
    view! {
        <section class="stack">
            <h2>{t(word::mobile_id::ACTIONS)}</h2>
            <p class="muted">{t(text)}</p>
            <p>
                <Button
                    label=t(word::dashboard::GET)
                    look=Look::Primary
                    busy=starting.busy
                    on_press=starting.start
                />
            </p>
            <StartFailure failure=starting.failure />
        </section>
    }
}
