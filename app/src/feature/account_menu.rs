//! Who is signed in, and Sign out.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::url::page;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDetailsElement, Node};

use crate::api;
use crate::i18n::{t, word};
use crate::state::{SignedIn, use_address, use_session};
use crate::ui::Button;

fn menu_of(event: &Event) -> Option<HtmlDetailsElement> {
    event.current_target()?.dyn_into().ok()
}

#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = use_session();
    let name = Memo::new(move |_| match session.signed_in.get() {
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
    let address = use_address();
    let busy = RwSignal::new(false);
    let sign_out = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            let answer = api::session::sign_out().await;
            busy.set(false);
            if answer.map_err(|failure| session.heed(failure)).is_ok() {
                // Not "back to where one was": the next to sign in here may be someone else.
                address.go(page::SIGN_IN);
                session.signed_in.set(SignedIn::No);
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
                <Button label=t(word::shell::SIGN_OUT) busy=busy on_press=sign_out />
            </div>
        </details>
    }
}
