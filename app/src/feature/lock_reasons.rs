//! Why a mobile ID is locked: the reasons to choose from, a plain sentence each, and what follows, for its encryption
//! certificate too.

use leptos::prelude::*;
use shared::api::{EncryptionFate, LockMobileId, LockReason};

use crate::flow::encryption;
use crate::i18n::{Word, say, t, word};
use crate::ui::{Choice, derived};
use crate::words;

/// Of the first reason's radio button: the place to go to where none is chosen.
pub const FIRST_REASON: &str = "reason-0";

/// A reason that a person gives, in other words, and what to do next.
struct Reason {
    given: LockReason,
    means: Word,
    next: Word,
}

/// In the order of `LockReason::CHOICES`.
const CHOICES: [Reason; 5] = {
    use word::lock as w;
    const fn choice(reason: LockReason, means: Word, next: Word) -> Reason {
        Reason {
            given: reason,
            means,
            next,
        }
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

/// The one that is chosen.
pub fn reason_of(lock: RwSignal<Option<LockMobileId>>) -> Option<LockReason> {
    lock.with(|lock| lock.as_ref().map(|lock| lock.reason))
}

#[component]
pub fn LockReasons(lock: RwSignal<Option<LockMobileId>>) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>{t(word::lock::WHY)}</legend>
            {CHOICES
                .iter()
                .enumerate()
                .map(|(place, choice)| {
                    let reason = choice.given;
                    view! {
                        <Choice
                            id=format!("reason-{place}")
                            group="reason"
                            label=t(words::lock_reason(reason))
                            means=t(choice.means)
                            is_on=derived(move || reason_of(lock) == Some(reason))
                            on_change=Callback::new(move |_| {
                                lock.update(|lock| *lock = Some(encryption::for_reason(reason, lock.take())));
                            })
                        />
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

/// What becomes of the encryption certificate: as the reason says, until the user says otherwise.
#[component]
pub fn Fate(lock: RwSignal<Option<LockMobileId>>) -> impl IntoView {
    use word::lock as w;
    let choices = [
        (EncryptionFate::Revoke, "fate-revoke", w::REVOKE, w::REVOKE_TEXT),
        (EncryptionFate::Keep, "fate-keep", w::KEEP, w::KEEP_TEXT),
    ];
    let choices = choices.map(|(fate, id, label, means)| {
        view! {
            <Choice
                id
                group="fate"
                label=t(label)
                means=t(means)
                is_on=derived(move || lock.with(|lock| lock.as_ref().map(encryption::fate)) == Some(fate))
                on_change=Callback::new(move |_| {
                    lock.update(|lock| {
                        if let Some(lock) = lock {
                            lock.encryption = Some(fate);
                        }
                    });
                })
            />
        }
    });
    view! {
        <fieldset class="choices">
            <legend>{t(w::FATE)}</legend>
            {choices}
            <p class="muted small">{t(w::EITHER)}</p>
        </fieldset>
    }
}

/// What to do next.
#[component]
pub fn LockConsequences(lock: RwSignal<Option<LockMobileId>>) -> impl IntoView {
    let next = say(move |language| {
        let chosen = reason_of(lock);
        CHOICES
            .iter()
            .find(|choice| Some(choice.given) == chosen)
            .map_or_else(String::new, |choice| choice.next.text(language).to_owned())
    });
    view! { <p role="status" class="lock-next">{next}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_a_person_gives_can_be_chosen() {
        assert_eq!(CHOICES.map(|choice| choice.given), LockReason::CHOICES);
    }
}
