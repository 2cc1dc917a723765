//! The language menu, for portal and phone page alike.

use leptos::prelude::*;

use crate::i18n::{Language, choose_language, use_language, word};
use crate::ui::Element;

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
        Element::new("option")
            .with("value", offered.code())
            .with("lang", offered.code())
            .following("selected", move || (language.get() == offered).then(String::new))
            .around(vec![offered.own_name().to_owned().into_any()])
    };
    Element::new("select")
        .with("class", "language-menu")
        .following("aria-label", move || {
            Some(word::language::LABEL.text(language.get()).to_owned())
        })
        .on(leptos::ev::change, choose)
        .around(Language::ALL.map(option).into())
}
