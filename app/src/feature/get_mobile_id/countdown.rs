//! How long the code is good for: counted for the eye, said once for the ear.

use leptos::prelude::*;

use super::enrollment::Enrollment;
use crate::browser;
use crate::feature::seconds_left::seconds_left;
use crate::flow::time_left::clock;
use crate::i18n::{say, t, word};
use crate::ui::{memo, use_announcer, whenever_after};

/// Seconds before the end at which a screen reader is told.
const SOON: u32 = 60;

/// Until the code that is out expires.
pub fn code_seconds_left(enrollment: Enrollment) -> RwSignal<u32> {
    seconds_left(memo(move || {
        enrollment
            .view
            .with(|view| browser::milliseconds(&view.as_ref()?.activation.as_ref()?.expires_at))
    }))
}

#[component]
pub fn Countdown(
    /// Until the code expires.
    seconds: RwSignal<u32>,
) -> impl IntoView {
    announce(seconds);
    let text = say(move |language| match seconds.get() {
        0 => word::scan::EXPIRED.text(language).to_owned(),
        left => word::scan::valid_for(language, &clock(left)),
    });
    view! {
        <span class="countdown figures" role="timer" data-over=move || (seconds.get() == 0).then_some("")>
            {text}
        </span>
    }
}

/// A minute before the end, and at the end.
fn announce(seconds: RwSignal<u32>) {
    let announcer = use_announcer();
    let (soon, expired) = (t(word::scan::SOON), t(word::scan::EXPIRED));
    whenever_after(move |before: Option<u32>| {
        let now = seconds.get();
        match before {
            Some(before) if before > SOON && now <= SOON && now > 0 => announcer.say(soon.get_untracked()),
            Some(before) if before > 0 && now == 0 => announcer.say(expired.get_untracked()),
            _ => {}
        }
        now
    });
}
