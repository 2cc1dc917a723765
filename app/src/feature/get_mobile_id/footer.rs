//! The foot of the dialog: Cancel and Next, what Next misses, and what Cancel would do to a phone half-way.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::api::{ApprovalState, ProcessAction, ProcessState, ProcessView};
use shared::url::page;

use super::super::get_mobile_id_card::start;
use super::enrollment::Enrollment;
use crate::flow::process::{Picture, has_none_left, is_half_way};
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Notice, Tone, anew, derived, memo};

/// The element that says why Next does not go on.
const WHY: &str = "next-why";

#[component]
pub fn Footer(enrollment: Enrollment, close: Callback<()>) -> impl IntoView {
    let asks = RwSignal::new(false);
    let picture = enrollment.picture;
    view! {
        <footer class="modal-foot">
            {anew(move || {
                let is_asking = asks.get() && picture.get() != Picture::Ended;
                is_asking.then(|| view! { <Question enrollment asks close /> })
            })}
            <Why enrollment />
            {anew(move || match picture.get() {
                Picture::Loading => ().into_any(),
                Picture::Done => view! { <DoneButtons enrollment close /> }.into_any(),
                Picture::Ended => view! { <EndedButtons close /> }.into_any(),
                _ => view! { <Buttons enrollment asks close /> }.into_any(),
            })}
        </footer>
    }
}

/// Why the last press did not go on, where it concerns no field.
#[component]
fn Why(enrollment: Enrollment) -> impl IntoView {
    let sentence = say(move |language| match enrollment.slip_at(None) {
        Some(slip) => slip.text(language),
        None if enrollment.picture.get() == Picture::Finishing => {
            word::done::NOT_YET.text(language).to_owned()
        }
        // Before it is asked for the first time.
        None if enrollment.picture.get() == Picture::Introduction(None) && enrollment.asks_first() => {
            word::recover::APPROVAL.text(language).to_owned()
        }
        None => String::new(),
    });
    view! { <p id=WHY class="next-why" role="status" data-slip=move || enrollment.slip_at(None).map(|_| "")>{sentence}</p> }
}

#[component]
fn Buttons(enrollment: Enrollment, asks: RwSignal<bool>, close: Callback<()>) -> impl IntoView {
    let view = enrollment.view;
    let cannot_cancel = memo(move || !enrollment.allows(ProcessAction::Cancel));
    let cancel = Callback::new(move |()| {
        let is_asked_first = |view: &ProcessView| is_half_way(view.state) || has_none_left(view);
        if view.with_untracked(|view| view.as_ref().is_some_and(is_asked_first)) {
            asks.set(true);
        } else {
            enrollment.cancel(false, close);
        }
    });
    // A request for approval that waits, was refused or has lapsed.
    let asked = move || match enrollment.picture.get() {
        Picture::Introduction(asked) => asked.filter(|asked| *asked != ApprovalState::Approved),
        _ => None,
    };
    let next = say(move |language| {
        let word = if asked().is_some() && enrollment.asks_first() {
            word::recover::AGAIN
        } else {
            word::process::NEXT
        };
        word.text(language).to_owned()
    });
    view! {
        <div class="modal-buttons">
            <Button label=t(word::process::CANCEL) busy=enrollment.busy unusable=cannot_cancel on_press=cancel />
            {anew(move || {
                asked()
                    .map(|_| {
                        view! {
                            <Button
                                label=t(word::recover::WITHOUT)
                                busy=enrollment.busy
                                on_press=Callback::new(move |()| enrollment.go_on_without())
                            />
                        }
                    })
            })}
            {anew(move || {
                (asked() != Some(ApprovalState::Pending))
                    .then(|| {
                        view! {
                            <Button
                                label=next
                                look=Look::Primary
                                busy=enrollment.busy
                                unusable=derived(move || enrollment.picture.get() == Picture::Finishing)
                                described_by=WHY
                                submit=true
                            />
                        }
                    })
            })}
        </div>
    }
}

/// A phone has part in it already: what Cancel will do, before it does.
#[component]
fn Question(enrollment: Enrollment, asks: RwSignal<bool>, close: Callback<()>) -> impl IntoView {
    let view = enrollment.view.get_untracked();
    let phone = view
        .as_ref()
        .filter(|view| is_half_way(view.state))
        .map(|view| match view.state {
            ProcessState::Confirmed => word::process::CANCEL_ISSUED,
            _ => word::process::CANCEL_BEGUN,
        });
    let has_none_left = view.is_some_and(|view| has_none_left(&view));
    view! {
        <Notice tone=Tone::Heed alert=true>
            {phone.map(|sentence| view! { <p>{t(sentence)}</p> })}
            {has_none_left.then(|| view! { <p>{t(word::replace::CANCEL)}</p> })}
            <div class="row">
                <Button
                    label=t(word::process::END)
                    busy=enrollment.busy
                    on_press=Callback::new(move |()| enrollment.cancel(false, close))
                />
                <Button
                    label=t(word::process::KEEP)
                    look=Look::Quiet
                    on_press=Callback::new(move |()| asks.set(false))
                />
            </div>
        </Notice>
    }
}

#[component]
fn DoneButtons(enrollment: Enrollment, close: Callback<()>) -> impl IntoView {
    let navigate = use_navigate();
    let next = Callback::new(move |()| {
        let made = enrollment.view.get_untracked().and_then(|view| view.mobile_id);
        let path = made.map_or_else(
            || page::MOBILE_IDS.to_owned(),
            |made| page::mobile_id(made.summary.id),
        );
        navigate(&path, NavigateOptions::default());
    });
    view! {
        <div class="modal-buttons">
            <Button label=t(word::shell::CLOSE) on_press=close />
            <Button label=t(word::process::NEXT) look=Look::Primary described_by="what-next" on_press=next />
        </div>
    }
}

#[component]
fn EndedButtons(close: Callback<()>) -> impl IntoView {
    let starting = start();
    view! {
        <div class="modal-buttons">
            <Button label=t(word::shell::CLOSE) on_press=close />
            <Button
                label=t(word::shell::TRY_AGAIN)
                look=Look::Primary
                busy=starting.busy
                on_press=starting.start
            />
        </div>
    }
}
