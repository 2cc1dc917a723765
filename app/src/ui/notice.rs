//! A short message with a tone; the tone is a colour and a shape, never a colour alone.

use leptos::prelude::*;

use super::element::{classed, element};
use super::state_mark::{Mark, MarkShape};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Worth knowing.
    Calm,
    Good,
    /// Something to do or to think of.
    Heed,
    /// It did not work.
    Bad,
}

impl Tone {
    const fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Good => "good",
            Self::Heed => "heed",
            Self::Bad => "bad",
        }
    }
    const fn mark(self) -> Mark {
        match self {
            Self::Calm => Mark::Note,
            Self::Good => Mark::Tick,
            Self::Heed => Mark::Heed,
            Self::Bad => Mark::Stop,
        }
    }
}

#[component]
pub fn Notice(
    tone: Tone,
    /// Read aloud as soon as it appears: for what the user must not miss.
    #[prop(optional)]
    alert: bool,
    children: Children,
) -> impl IntoView {
    let role = if alert { "alert" } else { "" };
    let parts = vec![
        view! { <MarkShape mark=tone.mark() /> }.into_any(),
        classed("div", "notice-body", vec![children().into_any()]),
    ];
    element(
        "div",
        &[("class", "notice"), ("data-tone", tone.name()), ("role", role)],
        parts,
    )
}

/// The same with one sentence: one kind of view for all of those.
pub fn notice(tone: Tone, alert: bool, text: Signal<String>) -> AnyView {
    view! {
        <Notice tone alert>
            <p>{text}</p>
        </Notice>
    }
    .into_any()
}
