//! The mobile ID that the user has already: kept, or locked to make room for the new one; and what has become of it
//! in every step from there on.

use leptos::prelude::*;
use shared::api::{LockReason, MobileIdState, MobileIdSummary, ProcessState};

use super::enrollment::Enrollment;
use crate::feature::lock_reasons::{LockReasons, Radio};
use crate::feature::mobile_id_card::MobileIdMark;
use crate::i18n::{Language, say, t, word};
use crate::ui::{Notice, Tone};

/// At the introduction: which one there is, and what is to become of it.
#[component]
pub fn Earlier(enrollment: Enrollment) -> impl IntoView {
    let earlier = Memo::new(move |_| {
        enrollment
            .view
            .with(|view| view.as_ref()?.active_mobile_id.clone())
    });
    move || {
        earlier
            .get()
            .map(|earlier| view! { <Choice enrollment earlier /> })
    }
}

#[component]
fn Choice(enrollment: Enrollment, earlier: MobileIdSummary) -> impl IntoView {
    let replaces = enrollment.replaces;
    let is_replaced = Memo::new(move |_| replaces.get().is_some());
    let state = earlier.state;
    let sentence = say(move |language| match state {
        MobileIdState::Inactive => word::introduction::has_paused(language, &earlier.phone),
        _ => word::introduction::has_active(language, &earlier.phone),
    });
    view! {
        <section class="earlier stack">
            <p class="row">
                <MobileIdMark state />
                <span>{sentence}</span>
            </p>
            <fieldset class="choices">
                <legend>{t(word::replace::WHAT)}</legend>
                <Radio
                    id="keep"
                    group="earlier"
                    label=word::replace::KEEP
                    means=word::replace::KEEP_TEXT
                    is_chosen=Signal::derive(move || !is_replaced.get())
                    on_choose=Callback::new(move |()| replaces.set(None))
                />
                <Radio
                    id="replace"
                    group="earlier"
                    label=word::replace::LOCK
                    means=word::replace::LOCK_TEXT
                    is_chosen=is_replaced
                    on_choose=Callback::new(move |()| replaces.set(Some(LockReason::Replaced)))
                />
            </fieldset>
            {move || {
                is_replaced
                    .get()
                    .then(|| view! { <div class="reasons"><LockReasons chosen=replaces /></div> })
            }}
        </section>
    }
}

/// From the next step on: what has become of the earlier one.
#[component]
pub fn Fate(enrollment: Enrollment) -> impl IntoView {
    let fate = Memo::new(move |_| {
        enrollment.view.with(|view| {
            let view = view.as_ref()?;
            let is_over = view.state.is_final() && view.state != ProcessState::Completed;
            match (&view.replaced, &view.active_mobile_id) {
                (Some(locked), _) => Some((locked.phone.clone(), None, is_over)),
                (None, Some(kept)) if is_over => Some((kept.phone.clone(), Some(kept.state), true)),
                _ => None,
            }
        })
    });
    move || {
        let (phone, kept, is_over) = fate.get()?;
        let tone = if is_over && kept.is_none() {
            Tone::Heed
        } else {
            Tone::Calm
        };
        let text = say(move |language| sentence(&phone, kept, is_over)(language));
        Some(view! {
            <Notice tone>
                <p role="status">{text}</p>
            </Notice>
        })
    }
}

/// `kept`: the state of one that was not locked.
fn sentence(phone: &str, kept: Option<MobileIdState>, is_over: bool) -> impl Fn(Language) -> String + '_ {
    move |language| match kept {
        Some(MobileIdState::Inactive) => word::replace::still_paused(language, phone),
        Some(_) => word::replace::still_active(language, phone),
        None if is_over => word::replace::none_made(language, phone),
        None => word::replace::locked(language, phone),
    }
}
