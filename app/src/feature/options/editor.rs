//! The text with its line numbers, and a mark at each line that something is wrong with. As tall as its lines, inside a
//! frame that scrolls: numbers and text cannot drift apart.

use leptos::html::{Div, Textarea};
use leptos::prelude::*;

use super::desk::Desk;
use crate::browser;
use crate::flow::draft::{line_count, offset};
use crate::i18n::t;
use crate::ui::{anew, memo, whenever};
use crate::words;

const ID: &str = "script";

/// What a line is marked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineMark {
    Fault,
    Hint,
}

impl LineMark {
    const fn name(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Hint => "hint",
        }
    }
}

#[component]
pub fn Editor(desk: Desk) -> impl IntoView {
    let node = NodeRef::<Textarea>::new();
    let frame = NodeRef::<Div>::new();
    let lines = memo(move || desk.text.with(|text| line_count(text)));
    let numbers = move || (1..=lines.get()).fold(String::new(), |all, number| format!("{all}{number}\n"));
    let marks = memo(move || {
        desk.check
            .with(|check| check.as_ref().map(marks).unwrap_or_default())
    });
    let is_faulty = memo(move || {
        desk.check
            .with(|check| check.as_ref().is_some_and(|check| !check.faults.is_empty()))
    });
    whenever(move || {
        let Some((line, column)) = desk.place.get() else {
            return;
        };
        if let (Some(area), Some(frame)) = (node.get_untracked(), frame.get_untracked()) {
            let at = desk.text.with_untracked(|text| offset(text, line, column));
            // It can only fail where the element is not on the page any more.
            drop(area.focus());
            drop(area.set_selection_range(at, at));
            browser::scroll_to_line(&frame, line, lines.get_untracked());
        }
    });
    view! {
        <div class="editor-field">
            <label for=ID>{t(words::script_name(desk.name).script)}</label>
            <div class="editor" node_ref=frame>
                <div class="editor-numbers" aria-hidden="true">
                    {anew(move || {
                        marks
                            .get()
                            .into_iter()
                            .map(|(line, mark)| {
                                view! {
                                    <span
                                        class="editor-mark"
                                        data-mark=mark.name()
                                        style=("--line", line.to_string())
                                    />
                                }
                            })
                            .collect_view()
                    })} {numbers}
                </div>
                <textarea
                    id=ID
                    node_ref=node
                    class="editor-text"
                    rows=lines
                    wrap="off"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="none"
                    translate="no"
                    aria-invalid=move || is_faulty.get().then_some("true")
                    aria-describedby="script-faults"
                    prop:value=desk.text
                    on:input=move |event| desk.text.set(event_target_value(&event))
                ></textarea>
            </div>
        </div>
    }
}

/// Each line once; a fault weighs more than a hint.
fn marks(check: &shared::api::ScriptCheck) -> Vec<(u32, LineMark)> {
    let faults = check.faults.iter().filter_map(|fault| fault.line);
    let hints = check.hints.iter().filter_map(|hint| hint.line);
    let mut marks: Vec<(u32, LineMark)> = Vec::new();
    let all = faults
        .map(|line| (line, LineMark::Fault))
        .chain(hints.map(|line| (line, LineMark::Hint)));
    for (line, mark) in all {
        if !marks.iter().any(|(marked, _)| *marked == line) {
            marks.push((line, mark));
        }
    }
    marks
}
