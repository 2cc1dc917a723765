//! A waiting ring with its words. It turns only where motion is welcome.

use leptos::prelude::*;

use super::state_mark::{Mark, StateMark};

#[component]
pub fn Ring(#[prop(into)] label: Signal<String>) -> impl IntoView {
    view! { <StateMark mark=Mark::Waiting label /> }
}
