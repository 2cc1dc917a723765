//! The frame that every screen of the phone page stands in: sign, heading, what there is to say, what there is to
//! do. Plain values and one piece of drawing code, because each view of its own costs kilobytes.

use leptos::prelude::*;

use crate::ui::{Button, Look, Mark, MarkShape, Notice, Tone};

pub const HEADING_ID: &str = "heading";

pub struct Frame {
    sign: Option<(&'static str, Mark)>,
    is_busy: bool,
    heading: String,
    parts: Vec<AnyView>,
    actions: Vec<AnyView>,
}

impl Frame {
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            sign: None,
            is_busy: false,
            heading: heading.into(),
            parts: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// `tone` as in the style sheet: `calm`, `good`, `heed`, `bad`.
    pub fn sign(self, tone: &'static str, mark: Mark) -> Self {
        Self {
            sign: Some((tone, mark)),
            ..self
        }
    }

    /// Something is under way and nothing is to be done.
    pub fn busy(self) -> Self {
        Self {
            is_busy: true,
            ..self
        }
    }

    pub fn say(self, text: impl Into<String>) -> Self {
        self.say_as("", text)
    }

    /// A paragraph of another look, by class.
    pub fn say_as(self, class: &'static str, text: impl Into<String>) -> Self {
        self.part(paragraph(class, text.into()))
    }

    pub fn notice(self, tone: Tone, texts: Vec<String>) -> Self {
        self.part(notice(tone, texts))
    }

    pub fn part(mut self, part: AnyView) -> Self {
        self.parts.push(part);
        self
    }

    pub fn action(
        mut self,
        look: Look,
        label: impl Into<String>,
        press: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        self.actions
            .push(button(look, label.into(), Callback::new(move |()| press())));
        self
    }

    pub fn draw(self) -> AnyView {
        let class = if self.is_busy {
            "stack phone-waiting"
        } else {
            "stack"
        };
        let sign = self
            .sign
            .or_else(|| self.is_busy.then_some(("calm", Mark::Waiting)))
            .map(|(tone, mark)| view! { <div class="phone-sign" data-tone=tone><MarkShape mark /></div> });
        let actions = (!self.actions.is_empty()).then(|| actions(self.actions));
        view! {
            <section class=class aria-busy=self.is_busy.then_some("true")>
                {sign}
                <h1 id=HEADING_ID tabindex="-1">{self.heading}</h1>
                {self.parts}
                {actions}
            </section>
        }
        .into_any()
    }
}

pub fn paragraph(class: &'static str, text: String) -> AnyView {
    view! { <p class=class>{text}</p> }.into_any()
}

/// The first of several texts is the notice's title.
pub fn notice(tone: Tone, texts: Vec<String>) -> AnyView {
    let has_title = texts.len() > 1;
    let texts: Vec<AnyView> = texts
        .into_iter()
        .enumerate()
        .map(|(place, text)| {
            paragraph(
                if has_title && place == 0 {
                    "phone-strong"
                } else {
                    ""
                },
                text,
            )
        })
        .collect();
    view! { <Notice tone>{texts}</Notice> }.into_any()
}

pub fn button(look: Look, label: String, on_press: Callback<()>) -> AnyView {
    view! { <Button label look on_press /> }.into_any()
}

pub fn actions(buttons: Vec<AnyView>) -> AnyView {
    view! { <div class="phone-actions">{buttons}</div> }.into_any()
}

/// Details that open at a tap.
pub fn details(summary: String, content: AnyView) -> AnyView {
    view! {
        <details class="phone-details">
            <summary>{summary}</summary>
            {content}
        </details>
    }
    .into_any()
}
