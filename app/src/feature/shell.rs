//! What stands around every page of the portal: skip link, demo banner, header with the menu.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::url::page;

use super::LanguageMenu;
use super::Link;
use super::account_menu::AccountMenu;
use crate::browser;
use crate::flow::place::Place;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_session};

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    view! {
        <a class="skip" href="#content">{t(word::shell::SKIP)}</a>
        <header>
            {browser::is_demo().then(|| view! { <p class="demo">{t(word::product::DEMO)}</p> })}
            <Bar />
        </header>
        <main id="content" class="content" tabindex="-1">{children()}</main>
    }
}

#[component]
fn Bar() -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let current = move |is: fn(Place) -> bool| Signal::derive(move || path.with(|path| is(Place::of(path))));
    let is_in = Memo::new(move |_| matches!(session.signed_in.get(), SignedIn::Yes(_)));
    view! {
        <div class="bar">
            <span class="brand">{t(word::product::NAME)}</span>
            {move || {
                is_in
                    .get()
                    .then(|| {
                        view! {
                            <nav class="menu" aria-label=t(word::shell::MENU)>
                                <Link href=page::DASHBOARD current=current(Place::is_dashboard)>{t(word::shell::DASHBOARD)}</Link>
                                <Link href=page::MOBILE_IDS current=current(Place::is_mobile_id)>{t(word::shell::MOBILE_ID)}</Link>
                            </nav>
                        }
                    })
            }}
            <div class="bar-end">
                {move || is_in.get().then(|| view! { <AccountMenu /> })}
                <LanguageMenu />
            </div>
        </div>
    }
}
