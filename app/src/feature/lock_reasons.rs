//! Why a mobile ID is locked: the reasons to choose from, a plain sentence each, and what follows.

use leptos::prelude::*;
use shared::api::LockReason;

use crate::i18n::{Word, say, t, word};
use crate::words;

/// Of the first reason's radio button: the place to go to where none is chosen.
pub const FIRST_REASON: &str = "reason-0";

/// A reason that a person gives, in other words, and what to do next.
struct Choice {
    reason: LockReason,
    means: Word,
    next: Word,
}

/// In the order of `LockReason::CHOICES`.
const CHOICES: [Choice; 5] = {
    use word::lock as w;
    const fn choice(reason: LockReason, means: Word, next: Word) -> Choice {
        Choice { reason, means, next }
    }
    [
        choice(LockReason::Lost, w::LOST, w::LOST_NEXT),
        choice(LockReason::Stolen, w::STOLEN, w::STOLEN_NEXT),
        choice(LockReason::Damaged, w::DAMAGED, w::DAMAGED_NEXT),
        choice(LockReason::Replaced, w::REPLACED, w::REPLACED_NEXT),
        choice(
            LockReason::NoLongerNeeded,
            w::NO_LONGER_NEEDED,
            w::NO_LONGER_NEEDED_NEXT,
        ),
    ]
};

#[component]
pub fn LockReasons(chosen: RwSignal<Option<LockReason>>) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>{t(word::lock::WHY)}</legend>
            {CHOICES
                .iter()
                .enumerate()
                .map(|(place, choice)| {
                    let reason = choice.reason;
                    view! {
                        <Radio
                            id=format!("reason-{place}")
                            group="reason"
                            label=words::lock_reason(reason)
                            means=choice.means
                            is_chosen=Signal::derive(move || chosen.get() == Some(reason))
                            on_choose=Callback::new(move |()| chosen.set(Some(reason)))
                        />
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

#[component]
pub fn Radio(
    #[prop(into)] id: String,
    group: &'static str,
    label: Word,
    means: Word,
    #[prop(into)] is_chosen: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    let why = format!("{id}-why");
    view! {
        <div class="choice">
            <input
                type="radio"
                name=group
                id=id.clone()
                aria-describedby=why.clone()
                prop:checked=is_chosen
                on:change=move |_| on_choose.run(())
            />
            <label for=id>{t(label)}</label>
            <p id=why class="muted small">{t(means)}</p>
        </div>
    }
}

/// What to do next.
#[component]
pub fn LockConsequences(chosen: RwSignal<Option<LockReason>>) -> impl IntoView {
    let next = say(move |language| {
        let chosen = chosen.get();
        CHOICES
            .iter()
            .find(|choice| Some(choice.reason) == chosen)
            .map_or_else(String::new, |choice| choice.next.text(language).to_owned())
    });
    view! { <p role="status" class="lock-next">{next}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_a_person_gives_can_be_chosen() {
        assert_eq!(CHOICES.map(|choice| choice.reason), LockReason::CHOICES);
    }
}
