//! The portal: the root of its application, with its routes.

use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::hooks::use_location;
use shared::url::page;

use super::dashboard::DashboardPage;
use super::mail_link::MailLinkPage;
use super::mobile_id::MobileIdPage;
use super::mobile_ids::MobileIdsPage;
use super::not_found::NotFoundPage;
use super::sign_in::SignInPage;
use crate::feature::{Guard, MenuEntry, Shell, provide_headings};
use crate::flow::place::Place;
use crate::i18n::{provide_language, word};
use crate::state::provide_session;
use crate::ui::{LiveRegion, anew, memo, provide_announcer};

const MENU: &[MenuEntry] = &[
    MenuEntry {
        href: page::DASHBOARD,
        label: word::shell::DASHBOARD,
        is_at: |path| Place::of(path).is_dashboard(),
    },
    MenuEntry {
        href: page::MOBILE_IDS,
        label: word::shell::MOBILE_ID,
        is_at: |path| Place::of(path).is_mobile_id(),
    },
];

#[component]
pub fn Portal() -> impl IntoView {
    provide_language();
    provide_headings();
    provide_session();
    let announcer = provide_announcer();
    view! {
        <LiveRegion announcer />
        <Router>
            <Shell menu=|_| MENU>
                <Pages />
            </Shell>
        </Router>
    }
}

/// The page that the path names. A match of our own: the router's route definitions would cost more than all pages.
#[component]
fn Pages() -> impl IntoView {
    let path = use_location().pathname;
    let route = memo(move || path.with(|path| Place::of(path)));
    anew(move || match route.get() {
        Place::SignIn => view! { <SignInPage /> }.into_any(),
        Place::Dashboard => view! { <Guard><DashboardPage /></Guard> }.into_any(),
        Place::MobileIds => view! { <Guard><MobileIdsPage /></Guard> }.into_any(),
        Place::MobileId(id) => view! { <Guard><MobileIdPage id /></Guard> }.into_any(),
        Place::MailLink => view! { <MailLinkPage /> }.into_any(),
        Place::Unknown => view! { <NotFoundPage /> }.into_any(),
    })
}
