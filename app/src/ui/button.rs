//! A button. One that cannot be used stays in reach of keyboard and screen reader and says why.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::element::Element;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// One a step.
    Primary,
    #[default]
    Plain,
    /// As little as a link.
    Quiet,
}

impl Look {
    /// As in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Plain => "plain",
            Self::Quiet => "quiet",
        }
    }
}

#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] look: Look,
    /// Submits its form; otherwise `on_press` acts.
    #[prop(optional)]
    submit: bool,
    /// A call is under way: pressing does nothing.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Unusable for another reason, which stands in the element with the id `described_by`.
    #[prop(optional, into)]
    unusable: Signal<bool>,
    #[prop(optional)] described_by: Option<&'static str>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() || unusable.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    Element::new("button")
        .with("type", if submit { "submit" } else { "button" })
        .with("class", "button")
        .with("data-look", look.name())
        .with("aria-describedby", described_by.unwrap_or_default())
        .true_where("aria-disabled", move || busy.get() || unusable.get())
        .true_where("aria-busy", move || busy.get())
        .on(leptos::ev::click, press)
        .around(vec![label.into_any()])
}
