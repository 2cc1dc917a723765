//! The mobile ID that the user has already: kept, or locked to make room for the new one; and what has become of it
//! in every step from there on.

use leptos::prelude::*;
use shared::api::{EncryptionFate, LockReason, MobileIdState, MobileIdSummary, ProcessState, ProcessView};

use super::enrollment::Enrollment;
use crate::feature::lock_reasons::LockReasons;
use crate::feature::mobile_id_card::MobileIdMark;
use crate::flow::encryption::{fate as fate_of, for_reason};
use crate::flow::process::has_none_left;
use crate::i18n::{Language, say, t, word};
use crate::ui::{Choice, Tone, anew, derived, memo, notice};

/// At the introduction: which one there is, and what is to become of it.
#[component]
pub fn Earlier(enrollment: Enrollment) -> impl IntoView {
    let standing = move |view: Option<&ProcessView>| view?.active_mobile_id.clone();
    // Drawn anew only for another one, or for another state of it: choice and focus stay where they are.
    let name = memo(move || {
        let earlier = enrollment.view.with(|view| standing(view.as_ref()))?;
        Some(format!("{}{}", earlier.id, earlier.state as u8))
    });
    anew(move || {
        name.get()?;
        let earlier = enrollment.view.with_untracked(|view| standing(view.as_ref()))?;
        Some(view! { <Standing enrollment earlier /> })
    })
}

#[component]
fn Standing(enrollment: Enrollment, earlier: MobileIdSummary) -> impl IntoView {
    let replaces = enrollment.replaces;
    let is_replaced = memo(move || replaces.with(Option::is_some));
    let state = earlier.state;
    let sentence = say(move |language| match state {
        MobileIdState::Inactive => word::introduction::has_paused(language, &earlier.phone),
        _ => word::introduction::has_active(language, &earlier.phone),
    });
    let encryption = say(move |language| {
        let word = match replaces.with(|lock| lock.as_ref().map(fate_of)) {
            Some(EncryptionFate::Keep) => word::replace::KEPT,
            _ => word::replace::REVOKED,
        };
        word.text(language).to_owned()
    });
    view! {
        <section class="earlier stack">
            <p class="row">
                <MobileIdMark state />
                <span>{sentence}</span>
            </p>
            <fieldset class="choices">
                <legend>{t(word::replace::WHAT)}</legend>
                <Choice
                    id="keep"
                    group="earlier"
                    label=t(word::replace::KEEP)
                    means=t(word::replace::KEEP_TEXT)
                    is_on=derived(move || !is_replaced.get())
                    on_change=Callback::new(move |_| replaces.set(None))
                />
                <Choice
                    id="replace"
                    group="earlier"
                    label=t(word::replace::LOCK)
                    means=t(word::replace::LOCK_TEXT)
                    is_on=is_replaced
                    on_change=Callback::new(move |_| replaces.set(Some(for_reason(LockReason::Replaced, None))))
                />
            </fieldset>
            <div class="reasons">
                {anew(move || {
                    is_replaced
                        .get()
                        .then(|| {
                            view! {
                                <LockReasons lock=replaces />
                                <p role="status">{encryption}</p>
                            }
                        })
                })}
            </div>
        </section>
    }
}

/// From the next step on: what has become of the earlier one.
#[component]
pub fn Fate(enrollment: Enrollment) -> impl IntoView {
    let view = enrollment.view;
    let sentence = say(move |language| {
        view.with(|view| view.as_ref().and_then(|view| fate(view, language)))
            .unwrap_or_default()
    });
    let is_told = memo(move || !sentence.with(String::is_empty));
    anew(move || is_told.get().then(|| notice(Tone::Calm, false, sentence)))
}

fn fate(view: &ProcessView, language: Language) -> Option<String> {
    let is_over = view.state.is_final() && view.state != ProcessState::Completed;
    match (&view.replaced, &view.active_mobile_id) {
        (Some(locked), _) if is_over && has_none_left(view) => {
            Some(word::replace::none_made(language, &locked.phone))
        }
        (Some(locked), _) => Some(word::replace::locked(language, &locked.phone)),
        (None, Some(kept)) if is_over && kept.state == MobileIdState::Inactive => {
            Some(word::replace::still_paused(language, &kept.phone))
        }
        (None, Some(kept)) if is_over => Some(word::replace::still_active(language, &kept.phone)),
        _ => None,
    }
}
