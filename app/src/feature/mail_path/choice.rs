//! A labelled choice of one among a few.

use leptos::prelude::*;

use crate::i18n::{Word, t};

#[component]
pub fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    id: &'static str,
    label: Word,
    /// Each with what it is called.
    offered: Vec<(T, Signal<String>)>,
    chosen: RwSignal<T>,
) -> impl IntoView {
    let values: Vec<T> = offered.iter().map(|(value, _)| *value).collect();
    let choose = move |event| {
        let place = event_target_value(&event).parse::<usize>().ok();
        if let Some(value) = place.and_then(|place| values.get(place)) {
            chosen.set(*value);
        }
    };
    view! {
        <div class="field choice-field">
            <label for=id>{t(label)}</label>
            <select id=id on:change=choose>
                {offered
                    .into_iter()
                    .enumerate()
                    .map(|(place, (value, name))| {
                        view! {
                            <option value=place.to_string() selected=move || chosen.get() == value>
                                {name}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}
