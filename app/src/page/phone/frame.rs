//! The frame that every screen of the phone page stands in: sign, heading, what there is to say, what there is to
//! do. Plain values and one piece of drawing code, because each view of its own costs kilobytes. The reader's page
//! stands in the same.

use leptos::prelude::*;

use crate::browser;
use crate::device::browser::host;
use crate::feature::LanguageMenu;
use crate::i18n::{Language, use_language, word};
use crate::ui::{
    Button, LiveRegion, Look, Mark, MarkShape, Notice, Tone, anew, classed, element, provide_announcer, text,
    whenever,
};

const HEADING_ID: &str = "heading";

/// What stands around every screen. `screen` is drawn anew when the language, or a signal that it reads, changes.
pub fn page(screen: impl Fn(Language) -> AnyView + Send + 'static) -> AnyView {
    let language = use_language();
    let announcer = provide_announcer();
    let demo_note = anew(move || {
        let note = word::product::DEMO.text(language.get());
        browser::is_demo().then(|| text("p", "demo-note", note))
    });
    let bar = vec![
        text("span", "brand", word::product::NAME.text(Language::En)),
        view! { <LanguageMenu /> }.into_any(),
        demo_note,
    ];
    vec![
        view! { <LiveRegion announcer /> }.into_any(),
        classed("header", "phone-bar", bar),
        classed("main", "phone", vec![anew(move || screen(language.get()))]),
        text("footer", "phone-foot muted small", host()),
    ]
    .into_any()
}

/// Titles the page by the heading, and moves the focus there, whenever `shown` changes; the title by the language too.
pub fn announce(shown: impl Fn() + 'static) {
    let language = use_language();
    whenever(move || {
        shown();
        request_animation_frame(|| {
            set_title();
            browser::focus(HEADING_ID);
        });
    });
    whenever(move || {
        language.track();
        request_animation_frame(set_title);
    });
}

/// From the heading that has just been drawn.
fn set_title() {
    if let Some(heading) = document().get_element_by_id(HEADING_ID) {
        let name = word::product::NAME.text(Language::En);
        browser::set_title(&format!(
            "{} · {name}",
            heading.text_content().unwrap_or_default()
        ));
    }
}

#[must_use]
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
            .map(|(tone, mark)| {
                let mark = view! { <MarkShape mark /> }.into_any();
                element("div", &[("class", "phone-sign"), ("data-tone", tone)], vec![mark])
            });
        let mut parts = Vec::from_iter(sign);
        let heading = vec![self.heading.into_any()];
        parts.push(element("h1", &[("id", HEADING_ID), ("tabindex", "-1")], heading));
        parts.extend(self.parts);
        if !self.actions.is_empty() {
            parts.push(actions(self.actions));
        }
        let busy = if self.is_busy { "true" } else { "" };
        element("section", &[("class", class), ("aria-busy", busy)], parts)
    }
}

pub fn paragraph(class: &'static str, text: String) -> AnyView {
    crate::ui::text("p", class, text)
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
    notice_of(tone, false, texts)
}

pub fn notice_of(tone: Tone, alert: bool, parts: Vec<AnyView>) -> AnyView {
    view! { <Notice tone alert>{parts}</Notice> }.into_any()
}

pub fn button(look: Look, label: String, on_press: Callback<()>) -> AnyView {
    view! { <Button label look on_press /> }.into_any()
}

pub fn actions(buttons: Vec<AnyView>) -> AnyView {
    classed("div", "phone-actions", buttons)
}

/// Details that open at a tap.
pub fn details(summary: String, content: AnyView) -> AnyView {
    classed(
        "details",
        "phone-details",
        vec![text("summary", "", summary), content],
    )
}
