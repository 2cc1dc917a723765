//! Step 1: the earlier encryption certificates, which of them the new phone gets, and who decides on that.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{EarlierCertificate, Recovery, RecoveryView};

use super::enrollment::Enrollment;
use crate::feature::certificates::{lines, validity};
use crate::flow::encryption::{can_choose, chosen, toggled, written};
use crate::i18n::{say, t, word};
use crate::ui::{Button, Choice, Look, derived};
use crate::words;

/// From so many on, the list scrolls by itself and has buttons for all of them.
const LONG: usize = 7;

/// Nothing where there is nothing to recover.
#[component]
pub fn Earlier(enrollment: Enrollment) -> impl IntoView {
    let recovery = enrollment
        .recovery()
        .filter(|recovery| !recovery.earlier.is_empty())?;
    let list = if can_choose(&recovery) {
        view! { <Boxes enrollment recovery /> }.into_any()
    } else {
        settled(&recovery)
    };
    Some(view! {
        <section class="earlier stack">
            <h3>{t(word::recover::TITLE)}</h3>
            <p>{t(word::recover::WHAT)}</p>
            {list}
        </section>
    })
}

/// Those that go to the new phone, and why: the user has no choice, or has made it.
pub fn settled(recovery: &RecoveryView) -> AnyView {
    let why = match recovery.mode {
        Recovery::All => word::recover::BY_ALL,
        Recovery::Newest => word::recover::BY_NEWEST,
        Recovery::UserSelects | Recovery::Off => word::recover::BY_YOU,
    };
    let goes = |one: &&EarlierCertificate| recovery.chosen.contains(&one.serial);
    let rows = recovery.earlier.iter().filter(goes).map(line).collect();
    view! {
        <p>{t(why)}</p>
        {lines(rows)}
    }
    .into_any()
}

/// From when to when, and the rest of what tells it from others.
fn line(one: &EarlierCertificate) -> (Signal<String>, Signal<String>) {
    let (details, phone) = (one.state, format!("{} · {}", one.phone, one.mobile_id));
    (
        validity(&one.not_before, &one.not_after),
        say(move |language| format!("{} · {phone}", words::certificate_state(details).text(language))),
    )
}

#[component]
fn Boxes(enrollment: Enrollment, recovery: RecoveryView) -> impl IntoView {
    let kept = enrollment.recover;
    let recovery = Arc::new(recovery);
    let all = recovery.earlier.len();
    let boxes: Vec<_> = recovery
        .earlier
        .iter()
        .map(|one| {
            let (label, means) = line(one);
            let (known, serial) = (Arc::clone(&recovery), one.serial.clone());
            let is_on = derived(move || kept.with(|kept| chosen(&known, kept).contains(&serial)));
            let (known, serial) = (Arc::clone(&recovery), one.serial.clone());
            let on_change = Callback::new(move |is_on| {
                kept.update(|kept| *kept = toggled(&known, kept, &serial, is_on));
            });
            view! { <Choice id=format!("earlier-{}", one.serial) label means is_on on_change /> }
        })
        .collect();
    view! {
        <fieldset class="choices">
            <legend>{t(word::recover::CHOOSE)}</legend>
            {(all >= LONG).then(|| all_or_none(kept, recovery))}
            <div class="lines">{boxes}</div>
        </fieldset>
    }
}

/// The buttons for all of them, and how many are chosen.
fn all_or_none(kept: RwSignal<String>, recovery: Arc<RecoveryView>) -> AnyView {
    let all: Vec<_> = recovery.earlier.iter().map(|one| one.serial.clone()).collect();
    let count = all.len().to_string();
    let count = say(move |language| {
        let chosen = kept.with(|kept| chosen(&recovery, kept).len());
        word::recover::count(language, &count, &chosen.to_string())
    });
    let button = |word, serials: Vec<String>| {
        let on_press = Callback::new(move |()| kept.set(written(&serials)));
        view! { <Button label=t(word) look=Look::Quiet on_press /> }
    };
    view! {
        <div class="row">
            {button(word::recover::ALL, all)} {button(word::recover::NONE, Vec::new())}
            <span class="muted figures" role="status">{count}</span>
        </div>
    }
    .into_any()
}
