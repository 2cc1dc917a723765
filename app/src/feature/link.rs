//! A link to another page of the product, and the way there.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::url::page;

use crate::browser;

/// Leads to a path: within this program without loading anything, to the other program by loading it.
pub fn use_go() -> impl Fn(&str, NavigateOptions) + Clone + 'static {
    let navigate = use_navigate();
    move |path, options| {
        if page::is_console(path) == page::is_console(&browser::path_and_query()) {
            navigate(path, options);
        } else {
            browser::load(path, options.replace);
        }
    }
}

/// In place of the page that is open, so that Back does not come to it again.
pub fn in_place() -> NavigateOptions {
    NavigateOptions {
        replace: true,
        ..Default::default()
    }
}

/// A plain click stays within the application; with a key held, the browser opens it where it was asked to.
#[component]
pub fn Link(
    #[prop(into)] href: String,
    #[prop(optional)] class: Option<&'static str>,
    #[prop(optional, into)] current: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let go = use_go();
    let to = href.clone();
    let follow = move |event: MouseEvent| {
        let is_plain = event.button() == 0
            && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
        if is_plain {
            event.prevent_default();
            go(&to, NavigateOptions::default());
        }
    };
    view! {
        <a href=href class=class aria-current=move || current.get().then_some("page") on:click=follow>
            {children()}
        </a>
    }
}
