//! Possible actions: what the server takes for this mobile ID now, each with a sentence.

use leptos::prelude::*;
use shared::api::{MobileId, MobileIdAction, MobileIdState};

use super::Actions;
use crate::feature::get_mobile_id_card::{StartFailure, start};
use crate::feature::mobile_id_test;
use crate::i18n::{Word, t, word};
use crate::ui::{Button, Look, anew, memo};

#[component]
pub fn PossibleActions(actions: Actions) -> impl IntoView {
    // Drawn anew only when something else is possible: focus and test stay where they are.
    let possible = memo(move || {
        actions.mobile_id.with(|found| {
            let found = found.as_ref()?;
            let names = found
                .actions
                .iter()
                .map(|action| char::from(b'a' + *action as u8));
            Some(
                names
                    .chain(found.summary.state_since.0.chars())
                    .collect::<String>(),
            )
        })
    });
    view! {
        <section class="stack">
            <h2>{t(word::mobile_id::ACTIONS)}</h2>
            {anew(move || {
                possible.get()?;
                actions.mobile_id.with_untracked(|found| found.as_ref().map(|found| rows(actions, found)))
            })}
        </section>
    }
}

/// The safest first.
fn rows(actions: Actions, found: &MobileId) -> AnyView {
    use word::mobile_id as w;
    let (summary, allowed) = (&found.summary, &found.actions);
    let busy = actions.busy.into();
    let rows = [
        (MobileIdAction::Resume, "resume-text", w::RESUME, w::RESUME_TEXT),
        (MobileIdAction::Pause, "pause-text", w::PAUSE, w::PAUSE_TEXT),
        (MobileIdAction::Lock, "lock-text", w::LOCK, w::LOCK_TEXT),
        (MobileIdAction::Delete, "delete-text", w::DELETE, w::DELETE_TEXT),
    ];
    let mut all: Vec<AnyView> = Vec::new();
    if allowed.contains(&MobileIdAction::Test) {
        all.push(mobile_id_test::row(actions, &summary.state_since));
    }
    for (action, id, label, text) in rows {
        if allowed.contains(&action) {
            let look = if action == MobileIdAction::Resume {
                Look::Primary
            } else {
                Look::Plain
            };
            let press = Callback::new(move |()| actions.press(action));
            all.push(row(id, (label, text), look, busy, press, ().into_any()));
        }
    }
    all.push(get_row(summary.state));
    view! { <ul class="actions">{all}</ul> }.into_any()
}

fn get_row(state: MobileIdState) -> AnyView {
    let starting = start();
    let (text, look) = match state {
        MobileIdState::Registered => (word::mobile_id::AGAIN, Look::Primary),
        MobileIdState::Locked | MobileIdState::Expired => (word::mobile_id::REPLACE, Look::Primary),
        MobileIdState::Active | MobileIdState::Inactive => (word::mobile_id::REPLACE, Look::Plain),
    };
    let failure = view! { <StartFailure failure=starting.failure /> }.into_any();
    let words = (word::dashboard::GET, text);
    row(
        "get-text",
        words,
        look,
        starting.busy.into(),
        starting.start,
        failure,
    )
}

/// A sentence, the button that it is about, and what came of it.
pub fn row(
    id: &'static str,
    (label, text): (Word, Word),
    look: Look,
    busy: Signal<bool>,
    on_press: Callback<()>,
    below: AnyView,
) -> AnyView {
    view! {
        <li>
            <p id=id>{t(text)}</p>
            <Button label=t(label) look described_by=id busy on_press />
            {below}
        </li>
    }
    .into_any()
}
