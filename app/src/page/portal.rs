//! The portal: the root of its application, with its routes.

use leptos::prelude::*;

use crate::feature::LanguageMenu;
use crate::i18n::{provide_language, t, word};
use crate::ui::{LiveRegion, provide_announcer};

#[component]
pub fn Portal() -> impl IntoView {
    provide_language();
    let announcer = provide_announcer();
    view! {
        <LiveRegion announcer />
        <header class="bar">
            <span class="brand">{t(word::product::NAME)}</span>
            <LanguageMenu />
        </header>
    }
}
