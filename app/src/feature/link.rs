//! A link to another page of the portal.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// A plain click stays within the application; with a key held, the browser opens it where it was asked to.
#[component]
pub fn Link(
    #[prop(into)] href: String,
    #[prop(optional)] class: Option<&'static str>,
    #[prop(optional, into)] current: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let to = href.clone();
    let follow = move |event: MouseEvent| {
        let is_plain = event.button() == 0
            && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
        if is_plain {
            event.prevent_default();
            navigate(&to, NavigateOptions::default());
        }
    };
    view! {
        <a href=href class=class aria-current=move || current.get().then_some("page") on:click=follow>
            {children()}
        </a>
    }
}
