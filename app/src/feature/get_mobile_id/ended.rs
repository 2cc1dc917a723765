//! Over, otherwise than well: what happened, what is safe, what to do.

use leptos::prelude::*;

use super::StepTitle;
use super::enrollment::Enrollment;
use crate::i18n::{t, word};
use crate::ui::{Mark, MarkShape, use_announcer};
use crate::words;

#[component]
pub fn Ended(enrollment: Enrollment) -> impl IntoView {
    let view = enrollment.view.get_untracked();
    let title = t(view
        .as_ref()
        .map_or(word::process::FAILED, |view| words::end_title(view.state)));
    let reason = view.and_then(|view| view.ending).map(words::ending).map(t);
    if let Some(reason) = reason {
        use_announcer().say(reason.get_untracked());
    }
    view! {
        <div class="stack appear">
            <div class="headline" data-mark="stop">
                <MarkShape mark=Mark::Stop />
                <StepTitle text=title />
            </div>
            {reason.map(|reason| view! { <p>{reason}</p> })}
        </div>
    }
}
