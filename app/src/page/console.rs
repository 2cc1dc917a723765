//! The console: the root of its application, for administrators and, in part, operators.

mod mail;
mod recoveries;
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
use recoveries::RecoveriesPage;
use role_needed::RoleNeededPage;
use script::ScriptPage;
use version::VersionPage;
use versions::VersionsPage;

use super::not_found::NotFoundPage;
use crate::feature::{Guard, MenuEntry, Shell, in_place, provide_headings, use_go};
use crate::flow::console_place::ConsolePlace;
use crate::i18n::{provide_language, word};
use crate::state::{Session, provide_session, use_session};
use crate::ui::{LiveRegion, anew, memo, provide_announcer, whenever};

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
    RECOVERIES,
];

/// All that operators have here.
const RECOVERIES: MenuEntry = MenuEntry {
    href: page::ADMIN_RECOVERIES,
    label: word::recoveries::MENU,
    is_at: |path| ConsolePlace::of(path) == ConsolePlace::Recoveries,
};

/// Each role's first page is the first of its menu.
fn menu(session: Session) -> &'static [MenuEntry] {
    if session.has_role(&[Role::Administrator]) {
        MENU
    } else if session.has_role(&[Role::Operator]) {
        &[RECOVERIES]
    } else {
        &[]
    }
}

#[component]
pub fn Console() -> impl IntoView {
    provide_language();
    provide_headings();
    provide_session();
    let announcer = provide_announcer();
    view! {
        <LiveRegion announcer />
        <Router>
            <Shell menu>
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
    let path = use_location().pathname;
    let place = memo(move || path.with(|path| ConsolePlace::of(path)));
    // `None`: not for this user.
    let allowed = memo(move || {
        let place = place.get();
        place.is_for(|role| session.has_role(&[role])).then_some(place)
    });
    let go = use_go();
    whenever(move || {
        if allowed.get() == Some(ConsolePlace::Start)
            && let Some(first) = menu(session).first()
        {
            go(first.href, in_place());
        }
    });
    anew(move || match allowed.get() {
        None => view! { <RoleNeededPage place=place.get_untracked() /> }.into_any(),
        Some(ConsolePlace::Start) => ().into_any(),
        Some(ConsolePlace::Script(name)) => view! { <ScriptPage name /> }.into_any(),
        Some(ConsolePlace::Versions(name)) => view! { <VersionsPage name /> }.into_any(),
        Some(ConsolePlace::Version(name, number)) => view! { <VersionPage name number /> }.into_any(),
        Some(ConsolePlace::Mail) => view! { <MailPage /> }.into_any(),
        Some(ConsolePlace::Recoveries) => view! { <RecoveriesPage /> }.into_any(),
        Some(ConsolePlace::Unknown) => view! { <NotFoundPage /> }.into_any(),
    })
}
