//! Requests to recover encryption keys: who waits, what was decided. A request that comes while the page is open
//! appears by itself, and what is being written about another stays.

mod decided;
mod pending;

use std::time::Duration;

use leptos::prelude::*;
use shared::api::{ApprovalState, EarlierCertificate, RecoveryRequest};

use super::certificates::{lines, validity};
use super::loaded::{Loaded, Waiting, load};
use crate::api;
use crate::browser;
use crate::i18n::{Word, say, t, word};
use crate::ui::{Notice, Tone, anew, derived, memo};
use crate::words;
use decided::Decided;
use pending::Pending;

/// Between two looks while the page is to be seen.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
const TOLD: &str = "told";

#[derive(Clone, Copy)]
struct Desk {
    requests: Loaded<Vec<RecoveryRequest>>,
    /// What has come of the last decision, and whether it was made here.
    told: RwSignal<Option<(bool, Word)>>,
}

impl Desk {
    /// Says at the top what has come of it, where one goes on reading, and reads the list anew.
    fn tell(self, is_done: bool, word: Word) {
        self.told.try_set(Some((is_done, word)));
        self.requests.again.try_run(());
        request_animation_frame(|| browser::focus(TOLD));
    }
}

#[component]
pub fn RecoveryRequests() -> impl IntoView {
    let desk = Desk {
        requests: load(api::recovery::requests),
        told: RwSignal::new(None),
    };
    keep_looking(desk.requests.again);
    let value = desk.requests.value;
    let of = move |is_pending: bool| {
        let is_one =
            move |one: &RecoveryRequest| (one.approval.state == ApprovalState::Pending) == is_pending;
        memo(move || {
            value.with(|all| {
                let all = all.as_ref()?;
                Some(all.iter().filter(|one| is_one(one)).cloned().collect::<Vec<_>>())
            })
        })
    };
    let (pending, decided) = (of(true), of(false));
    view! {
        <Told desk />
        {anew(move || value.with(Option::is_some).then(|| view! { <Pending desk requests=pending /> }))}
        {anew(move || decided.get().map(|requests| view! { <Decided requests /> }))}
        <Waiting
            is_loaded=derived(move || value.with(Option::is_some))
            failure=desk.requests.failure
            again=desk.requests.again
        />
    }
}

/// Somebody waits: they shall not wait for a reload.
fn keep_looking(again: Callback<()>) {
    let tick = set_interval_with_handle(
        move || {
            if browser::is_seen() {
                // A last tick may come when the page is gone.
                again.try_run(());
            }
        },
        LOOK_AGAIN,
    );
    let focused = window_event_listener(leptos::ev::focus, move |_| {
        again.try_run(());
    });
    on_cleanup(move || {
        focused.remove();
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
}

#[component]
fn Told(desk: Desk) -> impl IntoView {
    anew(move || {
        desk.told.get().map(|(is_done, word)| {
            let tone = if is_done { Tone::Good } else { Tone::Heed };
            view! {
                <Notice tone>
                    <p id=TOLD tabindex="-1" role="status">
                        {t(word)}
                    </p>
                </Notice>
            }
        })
    })
}

/// The certificates whose keys are asked for.
fn certificates(all: &[EarlierCertificate]) -> AnyView {
    let rows = all.iter().map(|one| {
        let (state, serial) = (one.state, one.serial.clone());
        let made_for = format!("{} · {}", one.phone, one.mobile_id);
        let details = say(move |language| {
            let state = words::certificate_state(state).text(language);
            format!("{state} · {made_for} · {serial}")
        });
        (validity(&one.not_before, &one.not_after), details)
    });
    lines(rows.collect())
}

/// When it was asked for, and until when it can be decided.
fn asked(request: &RecoveryRequest) -> Signal<String> {
    let approval = request.approval.clone();
    say(move |language| {
        word::recoveries::asked(
            language,
            &words::date_and_time(&approval.requested_at, language),
            &words::soon(&approval.expires_at, &approval.requested_at, language),
        )
    })
}
