//! Who is signed in, the way between portal and console for those who may use both, and Sign out.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use shared::api::Role;
use shared::url::page;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDetailsElement, Node};

use super::link::{Link, use_go};
use crate::api;
use crate::browser;
use crate::i18n::{say, t, word};
use crate::state::{SignedIn, use_session};
use crate::ui::{Button, anew};

fn menu_of(event: &Event) -> Option<HtmlDetailsElement> {
    event.current_target()?.dyn_into().ok()
}

#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = use_session();
    let name = say(move |_| match session.signed_in.get() {
        SignedIn::Yes(me) => me.display_name,
        _ => String::new(),
    });
    // By the event, not by a node reference: taking the menu off the page moves the focus too, and by then the
    // reference is gone.
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(menu) = menu_of(&event)
        {
            menu.set_open(false);
        }
    };
    // The focus has left the menu: it closes, as menus do.
    let on_leave = move |event: FocusEvent| {
        let to = event
            .related_target()
            .and_then(|target| target.dyn_into::<Node>().ok());
        if let (Some(menu), Some(to)) = (menu_of(&event), to)
            && !menu.contains(Some(&to))
        {
            menu.set_open(false);
        }
    };
    let go = use_go();
    let busy = RwSignal::new(false);
    let sign_out = Callback::new(move |()| {
        let go = go.clone();
        busy.set(true);
        spawn_local(async move {
            let answer = api::session::sign_out().await;
            busy.set(false);
            if answer.map_err(|failure| session.heed(failure)).is_ok() {
                // Not "back to where one was": the next to sign in here may be someone else.
                go(page::SIGN_IN, NavigateOptions::default());
                // The console is left as a whole; the portal shows its own sign-in page.
                if !page::is_console(&browser::path_and_query()) {
                    session.signed_in.set(SignedIn::No);
                }
            }
        });
    });
    view! {
        <details class="account-menu" on:keydown=on_key on:focusout=on_leave>
            <summary>
                <span class="for-ears">{t(word::shell::ACCOUNT)} ": "</span>
                <span class="account-name">{name}</span>
            </summary>
            <div class="account-panel">
                <OtherProgram />
                <Button label=t(word::shell::SIGN_OUT) busy=busy on_press=sign_out />
            </div>
        </details>
    }
}

/// The portal from the console, and the other way for those who have something there.
#[component]
fn OtherProgram() -> impl IntoView {
    let session = use_session();
    let (href, label) = if page::is_console(&browser::path_and_query()) {
        (page::DASHBOARD, word::shell::SELF_SERVICE)
    } else {
        (page::ADMIN, word::shell::ADMINISTRATION)
    };
    anew(move || {
        (href == page::DASHBOARD || session.has_role(&[Role::Administrator, Role::Operator]))
            .then(|| view! { <Link href class="button">{t(label)}</Link> })
    })
}
