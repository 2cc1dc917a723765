//! A box to tick, or one of several to choose from, and what it means.

use leptos::prelude::*;

#[component]
pub fn Choice(
    #[prop(into)] id: String,
    /// The name that radio buttons have in common; without it, a box of its own.
    #[prop(optional)]
    group: Option<&'static str>,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] means: Signal<String>,
    #[prop(into)] is_on: Signal<bool>,
    /// Stays as it is.
    #[prop(optional)]
    fixed: bool,
    /// With whether it is on now; a radio button always is.
    on_change: Callback<bool>,
) -> impl IntoView {
    let why = format!("{id}-why");
    view! {
        <div class="choice">
            <input
                type=if group.is_some() { "radio" } else { "checkbox" }
                name=group
                id=id.clone()
                disabled=fixed
                aria-describedby=why.clone()
                prop:checked=is_on
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <label for=id>{label}</label>
            <p id=why class="muted small">{means}</p>
        </div>
    }
}
