//! The ways into Get Mobile ID: the card on the Dashboard, the notice of one that is not finished, and the button
//! elsewhere.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::api::{Dashboard, ProcessState};
use uuid::Uuid;

use super::process_url;
use crate::api::{self, Failure};
use crate::i18n::{say, t, word};
use crate::state::use_session;
use crate::ui::{Button, Look, Notice, Tone, anew, memo, notice};
use crate::words;

#[derive(Clone, Copy)]
pub struct Starting {
    pub busy: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    pub start: Callback<()>,
}

/// Starts the process, or finds the open one, and opens its dialog.
pub fn start() -> Starting {
    let session = use_session();
    let navigate = use_navigate();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let start = Callback::new(move |()| {
        let navigate = navigate.clone();
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = api::process::start().send().await;
            busy.try_set(false);
            match answer {
                Ok(view) => navigate(&process_url(view.id), NavigateOptions::default()),
                Err(error) => {
                    failure.try_set(Some(session.heed(error)));
                }
            }
        });
    });
    Starting { busy, failure, start }
}

/// Why it did not start, where it did not.
#[component]
pub fn StartFailure(failure: RwSignal<Option<Failure>>) -> impl IntoView {
    anew(move || {
        failure
            .get()
            .map(|failure| notice(Tone::Bad, true, t(words::failure(&failure))))
    })
}

#[component]
pub fn GetMobileIdCard(
    /// It says which problem starting would answer with.
    found: RwSignal<Option<Dashboard>>,
) -> impl IntoView {
    let starting = start();
    let refused = move || found.with(|found| found.as_ref()?.start_refused);
    let is_refused = memo(move || refused().is_some());
    let why = say(move |language| {
        refused().map_or_else(String::new, |code| words::problem(code).text(language).to_owned())
    });
    let press = move |_| {
        if !is_refused.get_untracked() && !starting.busy.get_untracked() {
            starting.start.run(());
        }
    };
    view! {
        <div class="stack">
            <button
                type="button"
                class="card card-action"
                aria-labelledby="get-title"
                aria-describedby=move || if is_refused.get() { "get-why" } else { "get-text" }
                aria-disabled=move || is_refused.get().then_some("true")
                aria-busy=move || starting.busy.get().then_some("true")
                on:click=press
            >
                <svg class="card-picture" viewBox="0 0 64 64" aria-hidden="true">
                    <rect x="19" y="8" width="26" height="48" rx="5" />
                    <path d="M28 50h8M25 30l5 5 9-11" />
                </svg>
                <span class="card-words">
                    <span id="get-title" class="card-title">{t(word::dashboard::GET)}</span>
                    <span id="get-text" class="muted">{t(word::dashboard::GET_TEXT)}</span>
                </span>
                <svg class="card-arrow" viewBox="0 0 20 20" aria-hidden="true">
                    <path d="M7 3l7 7-7 7" />
                </svg>
            </button>
            {anew(move || {
                is_refused
                    .get()
                    .then(|| view! { <Notice tone=Tone::Heed><p id="get-why">{why}</p></Notice> })
            })}
            <StartFailure failure=starting.failure />
        </div>
    }
}

/// A process that is not finished, to go on with.
#[component]
pub fn UnfinishedNotice(id: Uuid, state: ProcessState) -> impl IntoView {
    let navigate = use_navigate();
    let go_on = Callback::new(move |()| navigate(&process_url(id), NavigateOptions::default()));
    view! {
        <section class="notice unfinished" data-tone="calm" aria-labelledby="unfinished-title">
            <div class="notice-words">
                <h2 id="unfinished-title">{t(word::dashboard::UNFINISHED)}</h2>
                <p>{t(words::process_state(state))} ". " {t(word::dashboard::UNFINISHED_TEXT)}</p>
            </div>
            <Button label=t(word::dashboard::GO_ON) look=Look::Primary on_press=go_on />
        </section>
    }
}
