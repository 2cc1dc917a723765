//! What the reminders' script does for one user: the days, and the dates on which mails would go.

use leptos::prelude::*;
use shared::api::{ReminderValues, RemindersEffect};

use super::effect::{Values, values_row};
use crate::i18n::{Language, say, t, word};
use crate::words;

/// Each day until the end may be a date of its own: as many as the eye takes in.
const SHOWN: usize = 12;

#[component]
pub fn Reminders(effect: RemindersEffect) -> impl IntoView {
    let RemindersEffect {
        values,
        defaults,
        valid_until,
        dates,
        ..
    } = effect;
    let is_none = dates.is_empty();
    let told = say(move |language| {
        let end = words::date(&valid_until, language);
        if is_none {
            word::reminders::no_dates(language, &end)
        } else {
            word::reminders::dates_for(language, &end)
        }
    });
    view! {
        <Values rows=vec![
            values_row(
                word::reminders::DAYS,
                "MobileIDEmailBeforeExpiringDays",
                &values,
                &defaults,
                days,
            ),
            values_row(
                word::reminders::EACH_DAY,
                "MobileIDEmailBeforeExpiringEachDay",
                &values,
                &defaults,
                |values, language| words::yes_or_no(values.each_day).text(language).to_owned(),
            ),
        ] />
        <section class="stack" aria-labelledby="dates-title">
            <h3 id="dates-title">{t(word::reminders::DATES)}</h3>
            <p>{told}</p>
            {(!is_none).then(|| {
                let is_cut = dates.len() > SHOWN;
                view! {
                    <ol class="dates figures">
                        {dates
                            .into_iter()
                            .take(SHOWN)
                            .map(|date| view! { <li>{say(move |language| words::date(&date, language))}</li> })
                            .collect_view()}
                        {is_cut.then(|| view! { <li>"\u{2026}"</li> })}
                    </ol>
                }
            })}
        </section>
    }
}

/// "60, 30, 14, 7".
fn days(values: &ReminderValues, language: Language) -> String {
    if values.days_before.is_empty() {
        return word::reminders::NONE.text(language).to_owned();
    }
    let days: Vec<_> = values.days_before.iter().map(u32::to_string).collect();
    days.join(", ")
}
