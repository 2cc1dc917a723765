//! A modal dialog: the browser's own `<dialog>`, which keeps the focus inside and gives it back. `on_close` is the
//! one place that hears of Esc, of the close button and of `close_modal` alike.

use leptos::ev::Event;
use leptos::html::Dialog;
use leptos::prelude::*;

use super::reactive::whenever;

#[component]
pub fn Modal(
    /// Ids of the elements that name it.
    labelled_by: &'static str,
    node: NodeRef<Dialog>,
    on_close: Callback<()>,
    /// A write is under way: Esc waits.
    #[prop(into)]
    held: Signal<bool>,
    children: Children,
) -> impl IntoView {
    whenever(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // It can only fail where the element is not on the page any more.
            drop(dialog.show_modal());
        }
    });
    let wait = move |event: Event| {
        if held.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <dialog
            class="modal"
            node_ref=node
            aria-labelledby=labelled_by
            on:cancel=wait
            on:close=move |_| on_close.run(())
        >
            {children()}
        </dialog>
    }
}

/// Closes it as Esc would.
pub fn close_modal(node: NodeRef<Dialog>) {
    if let Some(Some(dialog)) = node.try_get_untracked() {
        dialog.close();
    }
}
