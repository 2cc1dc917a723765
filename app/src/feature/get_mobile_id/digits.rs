//! Step 2 once a phone takes part: it makes its keys, then the six digits that it shows are asked for.

use leptos::prelude::*;
use shared::api::ProcessAction;

use super::StepTitle;
use super::enrollment::{DIGITS, Enrollment};
use crate::i18n::{say, t, use_language, word};
use crate::ui::{Button, Field, FieldKind, Look, Mark, MarkShape, anew, derived, memo, use_announcer};
use crate::words;

/// "Pixel 8, Chrome on Android".
fn phone(enrollment: Enrollment) -> Signal<String> {
    say(move |language| {
        enrollment
            .view
            .with(|view| view.as_ref().and_then(|view| view.phone.clone()))
            .unwrap_or_else(|| word::scan::YOUR_PHONE.text(language).to_owned())
    })
}

#[component]
pub fn Opened(enrollment: Enrollment) -> impl IntoView {
    let phone = phone(enrollment);
    view! {
        <div class="stack appear">
            <div class="headline">
                <MarkShape mark=Mark::Waiting />
                <StepTitle text=say(move |language| word::scan::opened(language, &phone.get())) />
            </div>
            <p>{t(word::scan::OPENED_TEXT)}</p>
            <NotMine enrollment />
        </div>
    }
}

#[component]
pub fn Digits(enrollment: Enrollment) -> impl IntoView {
    let phone = phone(enrollment);
    let ready = say(move |language| word::scan::ready(language, &phone.get()));
    use_announcer().say(ready.get_untracked());
    view! {
        <div class="stack appear">
            <div class="headline" data-mark="tick">
                <MarkShape mark=Mark::Tick />
                <StepTitle text=ready />
            </div>
            <Field
                id=DIGITS
                label=t(word::scan::DIGITS)
                hint=t(word::scan::DIGITS_HINT)
                kind=FieldKind::Digits
                autocomplete="one-time-code"
                value=enrollment.digits
                error=digits_error(enrollment)
            />
            <NotMine enrollment />
        </div>
    }
}

/// What is wrong with the digits, and how many tries are left.
fn digits_error(enrollment: Enrollment) -> Signal<Option<String>> {
    let language = use_language();
    derived(move || {
        let language = language.get();
        enrollment.slip_at(Some(DIGITS)).map(|slip| {
            let sentence = slip.text(language);
            match slip.tries_left {
                Some(left) => format!("{sentence} {}", words::tries_left(left, language)),
                None => sentence,
            }
        })
    })
}

#[component]
fn NotMine(enrollment: Enrollment) -> impl IntoView {
    let is_offered = memo(move || enrollment.allows(ProcessAction::NotMyPhone));
    anew(move || {
        is_offered.get().then(|| {
            view! {
                <p>
                    <Button
                        label=t(word::scan::NOT_MINE)
                        look=Look::Quiet
                        busy=enrollment.busy
                        on_press=Callback::new(move |()| enrollment.cancel(true, Callback::new(|()| ())))
                    />
                </p>
            }
        })
    })
}
