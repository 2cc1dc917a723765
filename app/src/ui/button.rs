//! A button. One that cannot be used stays in reach of keyboard and screen reader and says why.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

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
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class="button"
            data-look=look.name()
            aria-disabled=move || (busy.get() || unusable.get()).then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-describedby=described_by
            on:click=press
        >
            {label}
        </button>
    }
}
