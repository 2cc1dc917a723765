//! Step 1: the earlier encryption certificates, which of them the new phone gets, and who decides on that.

use leptos::prelude::*;
use shared::api::{EarlierCertificate, Recovery, RecoveryView};

use super::enrollment::Enrollment;
use crate::feature::certificates::{lines, validity};
use crate::flow::encryption::{asks_first, can_choose, chosen, toggled, written};
use crate::i18n::{say, t, word};
use crate::ui::{Button, Choice, Look, anew, derived, memo};
use crate::words;

/// From so many on, the list scrolls by itself and has buttons for all of them.
const LONG: usize = 7;

/// Nothing where there is nothing to recover.
#[component]
pub fn Earlier(enrollment: Enrollment) -> impl IntoView {
    let recovery = enrollment
        .recovery()
        .filter(|recovery| !recovery.earlier.is_empty())?;
    let asks = recovery.clone();
    let asks = memo(move || enrollment.recover.with(|kept| asks_first(&asks, kept)));
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
            {anew(move || asks.get().then(|| view! { <p>{t(word::recover::APPROVAL)}</p> }))}
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
    let all = recovery.earlier.len();
    let known = StoredValue::new(recovery);
    let serials = move |kept: &str| known.with_value(|known| chosen(known, kept));
    let is_long = all >= LONG;
    let count = say(move |language| {
        let count = kept.with(|kept| serials(kept).len());
        word::recover::count(language, &all.to_string(), &count.to_string())
    });
    let every =
        move || known.with_value(|known| known.earlier.iter().map(|one| one.serial.clone()).collect());
    let set = move |serials: Vec<String>| kept.set(written(&serials));
    let boxes = known.with_value(|found| {
        found
            .earlier
            .iter()
            .map(|one| {
                let (label, means) = line(one);
                let (serial, id) = (one.serial.clone(), format!("earlier-{}", one.serial));
                let is_on = {
                    let serial = serial.clone();
                    derived(move || kept.with(|kept| serials(kept).contains(&serial)))
                };
                let on_change = Callback::new(move |is_on| {
                    kept.update(|kept| {
                        *kept = known.with_value(|known| toggled(known, kept, &serial, is_on))
                    });
                });
                view! { <Choice id label means is_on on_change /> }
            })
            .collect_view()
    });
    view! {
        <fieldset class="choices" data-long=is_long.then_some("")>
            <legend>{t(word::recover::CHOOSE)}</legend>
            {is_long
                .then(|| {
                    view! {
                        <div class="row">
                            <Button
                                label=t(word::recover::ALL)
                                look=Look::Quiet
                                on_press=Callback::new(move |()| set(every()))
                            />
                            <Button
                                label=t(word::recover::NONE)
                                look=Look::Quiet
                                on_press=Callback::new(move |()| set(Vec::new()))
                            />
                            <span class="muted figures" role="status">{count}</span>
                        </div>
                    }
                })}
            <div class="lines">{boxes}</div>
        </fieldset>
    }
}
