//! What stands around every page: skip link, demo banner, header with the menu of portal or console.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use super::LanguageMenu;
use super::Link;
use super::account_menu::AccountMenu;
use crate::i18n::{Language, Word, t, word};
use crate::state::{Session, SignedIn, use_session};
use crate::ui::{anew, derived, memo};
use crate::{api, browser};

/// An entry of the menu.
#[derive(Clone, Copy)]
pub struct MenuEntry {
    pub href: &'static str,
    pub label: Word,
    /// Whether it stands for the page at this path.
    pub is_at: fn(&str) -> bool,
}

#[component]
pub fn Shell(
    /// Of who is signed in.
    menu: fn(Session) -> &'static [MenuEntry],
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#content">{t(word::shell::SKIP)}</a>
        <header>
            {browser::is_demo().then(|| view! { <p class="demo">{t(word::product::DEMO)}</p> })}
            <Bar menu />
        </header>
        <main id="content" class="content" tabindex="-1">{children()}</main>
    }
}

#[component]
fn Bar(menu: fn(Session) -> &'static [MenuEntry]) -> impl IntoView {
    let session = use_session();
    let is_in = memo(move || matches!(session.signed_in.get(), SignedIn::Yes(_)));
    // Mails to who is signed in follow the page.
    let keep_language = Callback::new(move |chosen: Language| {
        if is_in.get_untracked() {
            spawn_local(async move {
                if let Err(failure) = api::session::choose_language(chosen.on_wire()).await {
                    session.heed(failure);
                }
            });
        }
    });
    view! {
        <div class="bar">
            <span class="brand">{t(word::product::NAME)}</span>
            {anew(move || is_in.get().then(|| view! { <Menu menu=menu(session) /> }))}
            <div class="bar-end">
                {anew(move || is_in.get().then(|| view! { <AccountMenu /> }))}
                <LanguageMenu on_choose=keep_language />
            </div>
        </div>
    }
}

#[component]
fn Menu(menu: &'static [MenuEntry]) -> impl IntoView {
    let path = use_location().pathname;
    let entry = |MenuEntry { href, label, is_at }: MenuEntry| {
        let current = derived(move || path.with(|path| is_at(path)));
        view! { <Link href current>{t(label)}</Link> }
    };
    view! {
        <nav class="menu" aria-label=t(word::shell::MENU)>
            {menu.iter().copied().map(entry).collect_view()}
        </nav>
    }
}
