//! A state as word and shape: tick, bars, lock, ring. The shape is for the eye only; the word says it.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Active, done.
    Tick,
    /// Paused.
    Bars,
    /// Locked, revoked.
    Lock,
    /// Waiting.
    Waiting,
    /// Over, by time.
    Clock,
    /// Worth knowing.
    Note,
    /// Look here.
    Heed,
    /// It did not work.
    Stop,
}

impl Mark {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::Bars => "bars",
            Self::Lock => "lock",
            Self::Waiting => "waiting",
            Self::Clock => "clock",
            Self::Note => "note",
            Self::Heed => "heed",
            Self::Stop => "stop",
        }
    }

    /// Lines in a square of 20, drawn with a stroke of 2.
    const fn path(self) -> &'static str {
        match self {
            Self::Tick => "M10 1.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17M6 10.5l3 3l5-6.5",
            Self::Bars => "M10 1.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17M8 6.5v7M12 6.5v7",
            Self::Lock => "M4 9h12v9H4zM6.5 9V6a3.5 3.5 0 0 1 7 0v3M10 12.5v2",
            Self::Waiting => "M10 1.5a8.5 8.5 0 0 1 8.5 8.5",
            Self::Clock => "M10 1.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17M10 5v5l3.5 2",
            Self::Note => "M10 1.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17M10 9v5M10 5.75v.5",
            Self::Heed => "M10 2l8.5 15.5h-17zM10 8v4M10 14.5v.5",
            Self::Stop => "M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7zM7 7l6 6M13 7l-6 6",
        }
    }
}

#[component]
pub fn MarkShape(mark: Mark) -> impl IntoView {
    view! {
        <svg class="mark" data-mark=mark.name() viewBox="0 0 20 20" aria-hidden="true">
            {(mark == Mark::Waiting).then(|| view! { <circle class="mark-track" cx="10" cy="10" r="8.5" /> })}
            <path d=mark.path() />
        </svg>
    }
}

#[component]
pub fn StateMark(mark: Mark, #[prop(into)] label: Signal<String>) -> impl IntoView {
    view! {
        <span class="state-mark" data-mark=mark.name()>
            <MarkShape mark />
            <span>{label}</span>
        </span>
    }
}
