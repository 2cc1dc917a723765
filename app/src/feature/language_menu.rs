//! The language menu, for portal and phone page alike.

use leptos::prelude::*;

use crate::i18n::{Language, choose_language, t, use_language, word};

#[component]
pub fn LanguageMenu(
    /// Hears of the choice after the page speaks it.
    #[prop(optional, into)]
    on_choose: Option<Callback<Language>>,
) -> impl IntoView {
    let language = use_language();
    let choose = move |event| {
        if let Some(chosen) = Language::from_tag(&event_target_value(&event)) {
            choose_language(language, chosen);
            if let Some(on_choose) = on_choose {
                on_choose.run(chosen);
            }
        }
    };
    let option = move |offered: Language| {
        view! {
            <option value=offered.code() lang=offered.code() selected=move || language.get() == offered>
                {offered.own_name()}
            </option>
        }
    };
    view! {
        <select class="language-menu" aria-label=t(word::language::LABEL) on:change=choose>
            {Language::ALL.map(option).into_iter().collect_view()}
        </select>
    }
}
