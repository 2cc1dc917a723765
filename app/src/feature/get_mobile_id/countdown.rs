//! How long the code is good for: counted for the eye, said once for the ear.

use std::time::Duration;

use leptos::prelude::*;

use super::enrollment::Enrollment;
use crate::api::server_time;
use crate::browser;
use crate::flow::time_left::{clock, seconds_until};
use crate::i18n::{say, t, word};
use crate::ui::use_announcer;

/// Seconds before the end at which a screen reader is told.
const SOON: u32 = 60;

/// Whole seconds until a time in milliseconds, each second anew; none left where there is no such time.
pub fn seconds_left(end: Memo<Option<f64>>) -> RwSignal<u32> {
    // A last tick may come when the dialog is gone.
    let left = move || {
        end.try_get_untracked()
            .flatten()
            .map_or(0, |end| seconds_until(end, server_time::now()))
    };
    let seconds = RwSignal::new(left());
    Effect::new(move || {
        end.track();
        seconds.set(left());
    });
    let tick = set_interval_with_handle(move || seconds.set(left()), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    seconds
}

/// Until the code that is out expires.
pub fn code_seconds_left(enrollment: Enrollment) -> RwSignal<u32> {
    seconds_left(Memo::new(move |_| {
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
    Effect::new(move |before: Option<u32>| {
        let now = seconds.get();
        match before {
            Some(before) if before > SOON && now <= SOON && now > 0 => announcer.say(soon.get_untracked()),
            Some(before) if before > 0 && now == 0 => announcer.say(expired.get_untracked()),
            _ => {}
        }
        now
    });
}
