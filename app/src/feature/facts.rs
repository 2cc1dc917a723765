//! A list of names and values.

use leptos::prelude::*;

use crate::i18n::{Word, t};

#[component]
pub fn Facts(
    /// What, and its value; a value may follow the language.
    rows: Vec<(Word, Signal<String>)>,
) -> impl IntoView {
    view! {
        <dl class="facts">
            {rows
                .into_iter()
                .map(|(name, value)| {
                    view! {
                        <div>
                            <dt>{t(name)}</dt>
                            <dd>{value}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}
