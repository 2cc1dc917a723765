//! The console: the root of its application, for administrators.

mod mail;
mod role_needed;
mod script;
mod version;
mod versions;

use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::hooks::use_location;
use shared::api::{Role, ScriptName};
use shared::url::page;

use mail::MailPage;
use role_needed::RoleNeededPage;
use script::ScriptPage;
use version::VersionPage;
use versions::VersionsPage;

use super::not_found::NotFoundPage;
use crate::feature::{Guard, MenuEntry, Shell, in_place, provide_headings, use_go};
use crate::flow::console_place::ConsolePlace;
use crate::i18n::{provide_language, word};
use crate::state::{SignedIn, provide_session, use_session};
use crate::ui::{LiveRegion, provide_announcer};

const MENU: &[MenuEntry] = &[
    MenuEntry {
        href: page::ADMIN_OPTIONS,
        label: word::options::MENU,
        is_at: |path| ConsolePlace::of(path).script() == Some(ScriptName::Options),
    },
    MenuEntry {
        href: page::ADMIN_REMINDERS,
        label: word::reminders::MENU,
        is_at: |path| ConsolePlace::of(path).script() == Some(ScriptName::ExpiringOptions),
    },
    MenuEntry {
        href: page::ADMIN_MAIL,
        label: word::outbox::MENU,
        is_at: |path| ConsolePlace::of(path) == ConsolePlace::Mail,
    },
];

#[component]
pub fn Console() -> impl IntoView {
    provide_language();
    provide_headings();
    provide_session();
    let announcer = provide_announcer();
    view! {
        <LiveRegion announcer />
        <Router>
            <Shell menu=MENU>
                <Guard>
                    <Pages />
                </Guard>
            </Shell>
        </Router>
    }
}

/// The server refuses what is not for this user; here it is said before anything is asked.
#[component]
fn Pages() -> impl IntoView {
    let session = use_session();
    let is_administrator = Memo::new(move |_| {
        session
            .signed_in
            .with(|who| matches!(who, SignedIn::Yes(me) if me.roles.contains(&Role::Administrator)))
    });
    let path = use_location().pathname;
    let place = Memo::new(move |_| path.with(|path| ConsolePlace::of(path)));
    let go = use_go();
    Effect::new(move || {
        if place.get() == ConsolePlace::Start {
            go(page::ADMIN_OPTIONS, in_place());
        }
    });
    move || match (is_administrator.get(), place.get()) {
        (false, _) => view! { <RoleNeededPage /> }.into_any(),
        (true, ConsolePlace::Start) => ().into_any(),
        (true, ConsolePlace::Script(name)) => view! { <ScriptPage name /> }.into_any(),
        (true, ConsolePlace::Versions(name)) => view! { <VersionsPage name /> }.into_any(),
        (true, ConsolePlace::Version(name, number)) => view! { <VersionPage name number /> }.into_any(),
        (true, ConsolePlace::Mail) => view! { <MailPage /> }.into_any(),
        (true, ConsolePlace::Unknown) => view! { <NotFoundPage /> }.into_any(),
    }
}
