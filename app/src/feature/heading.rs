//! The headline of a page: it names the browser's tab, and when the user has moved here from another page it takes
//! the focus and is read aloud.

use leptos::prelude::*;

use crate::browser;
use crate::i18n::{say, use_language, word};
use crate::ui::{use_announcer, whenever, whenever_after};

const ID: &str = "page-title";

/// False until the first page is shown: the page that one opens oneself needs no announcement.
#[derive(Clone, Copy)]
struct HasMoved(RwSignal<bool>);

/// Call once, in the root.
pub fn provide_headings() {
    provide_context(HasMoved(RwSignal::new(false)));
}

/// Where what the page says has become something else.
pub fn focus_heading() {
    request_animation_frame(|| browser::focus(ID));
}

#[component]
pub fn Heading(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let title = say(move |language| word::shell::page_title(language, &text.get()));
    whenever(move || browser::set_title(&title.get()));
    let announcer = use_announcer();
    let language = use_language();
    let moved = use_context::<HasMoved>();
    whenever_after(move |ran: Option<()>| {
        // Once a heading: a change of language is no change of page.
        if ran.is_none()
            && let Some(HasMoved(moved)) = moved
            && moved.try_update(|moved| std::mem::replace(moved, true)) == Some(true)
        {
            browser::focus(ID);
            announcer.say(word::shell::page_title(
                language.get_untracked(),
                &text.get_untracked(),
            ));
        }
    });
    view! { <h1 id=ID tabindex="-1">{text}</h1> }
}
