//! Possible actions: what the server takes for this mobile ID now, each with a sentence.

use leptos::prelude::*;
use shared::api::{MobileIdAction, MobileIdState};

use super::{Actions, Deed};
use crate::feature::get_mobile_id_card::{StartFailure, start};
use crate::feature::mobile_id_test::TestRow;
use crate::i18n::{Word, t, word};
use crate::ui::{Button, Look};

#[component]
pub fn PossibleActions(actions: Actions) -> impl IntoView {
    // Drawn anew only when something else is possible: focus and test stay where they are.
    let possible = Memo::new(move |_| {
        actions.mobile_id.with(|found| {
            found
                .as_ref()
                .map(|found| (found.summary.state, found.actions.clone()))
        })
    });
    view! {
        <section class="stack">
            <h2>{t(word::mobile_id::ACTIONS)}</h2>
            {move || {
                possible.get().map(|(state, allowed)| view! { <Rows actions state allowed /> })
            }}
        </section>
    }
}

#[component]
fn Rows(actions: Actions, state: MobileIdState, allowed: Vec<MobileIdAction>) -> impl IntoView {
    let is = |action| allowed.contains(&action);
    view! {
        <ul class="actions">
            {is(MobileIdAction::Test).then(|| view! { <TestRow actions /> })}
            {is(MobileIdAction::Resume).then(|| view! { <DeedRow actions deed=Deed::Resume /> })}
            {is(MobileIdAction::Pause).then(|| view! { <DeedRow actions deed=Deed::Pause /> })}
            {is(MobileIdAction::Lock).then(|| view! { <DeedRow actions deed=Deed::Lock /> })}
            <GetRow state />
            {is(MobileIdAction::Delete).then(|| view! { <DeedRow actions deed=Deed::Delete /> })}
        </ul>
    }
}

#[component]
fn DeedRow(actions: Actions, deed: Deed) -> impl IntoView {
    use word::mobile_id as w;
    let (id, label, text): (_, Word, Word) = match deed {
        Deed::Lock => ("lock-text", w::LOCK, w::LOCK_TEXT),
        Deed::Pause => ("pause-text", w::PAUSE, w::PAUSE_TEXT),
        Deed::Resume => ("resume-text", w::RESUME, w::RESUME_TEXT),
        Deed::Delete => ("delete-text", w::DELETE, w::DELETE_TEXT),
    };
    let look = if deed == Deed::Resume {
        Look::Primary
    } else {
        Look::Plain
    };
    view! {
        <li>
            <p id=id>{t(text)}</p>
            <Button
                label=t(label)
                look
                described_by=id
                busy=actions.busy
                on_press=Callback::new(move |()| actions.press(deed))
            />
        </li>
    }
}

#[component]
fn GetRow(state: MobileIdState) -> impl IntoView {
    let starting = start();
    let (text, look) = match state {
        MobileIdState::Registered => (word::mobile_id::AGAIN, Look::Primary),
        MobileIdState::Locked | MobileIdState::Expired => (word::mobile_id::REPLACE, Look::Primary),
        MobileIdState::Active | MobileIdState::Inactive => (word::mobile_id::REPLACE, Look::Plain),
    };
    view! {
        <li>
            <p id="get-text">{t(text)}</p>
            <Button
                label=t(word::dashboard::GET)
                look
                described_by="get-text"
                busy=starting.busy
                on_press=starting.start
            />
            <StartFailure failure=starting.failure />
        </li>
    }
}
