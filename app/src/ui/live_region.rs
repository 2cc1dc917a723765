//! One polite live region a page, there from the start: what is put into the announcer is read aloud, not shown.

use leptos::prelude::*;

use super::element::element;

#[derive(Clone, Copy)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    pub fn say(self, text: String) {
        self.0.set(text);
    }
}

/// Call once, in the root.
pub fn provide_announcer() -> Announcer {
    let announcer = Announcer(RwSignal::new(String::new()));
    provide_context(announcer);
    announcer
}

pub fn use_announcer() -> Announcer {
    use_context().unwrap_or_else(|| Announcer(RwSignal::new(String::new())))
}

#[component]
pub fn LiveRegion(announcer: Announcer) -> impl IntoView {
    let said = Signal::<String>::from(announcer.0).into_any();
    element(
        "div",
        &[("class", "for-ears"), ("role", "status"), ("aria-live", "polite")],
        vec![said],
    )
}
