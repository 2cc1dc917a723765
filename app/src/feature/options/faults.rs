//! What is wrong with the text, under it: each with its line, which a click leads to; then what carries a risk.

use leptos::prelude::*;
use shared::api::{ScriptFault, ScriptHint};

use super::desk::Desk;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Mark, MarkShape, Notice, Ring, StateMark, Tone, anew, memo};
use crate::words;

#[component]
pub fn Faults(desk: Desk) -> impl IntoView {
    view! {
        <div id="script-faults" class="stack" role="status">
            {anew(move || match desk.check_failure.get() {
                Some(failure) => {
                    let sentence = say(move |language| words::console_failure(&failure).text(language).to_owned());
                    view! {
                        <Notice tone=Tone::Bad>
                            <p>{sentence}</p>
                            <Button
                                label=t(word::shell::TRY_AGAIN)
                                on_press=Callback::new(move |()| desk.check_again())
                            />
                        </Notice>
                    }
                        .into_any()
                }
                None => view! { <Found desk /> }.into_any(),
            })}
        </div>
    }
}

#[component]
fn Found(desk: Desk) -> impl IntoView {
    let found = memo(move || {
        desk.check.with(|check| {
            check
                .as_ref()
                .map(|check| (check.faults.clone(), check.hints.clone()))
        })
    });
    view! {
        {anew(move || match found.get() {
            None => view! { <Ring label=t(word::options::CHECKING) /> }.into_any(),
            Some((faults, hints)) => {
                view! {
                    {if faults.is_empty() {
                        view! { <StateMark mark=Mark::Tick label=t(word::options::NO_FAULTS) /> }.into_any()
                    } else {
                        view! { <FaultList desk faults /> }.into_any()
                    }}
                    {(!hints.is_empty()).then(|| view! { <HintList desk hints /> })}
                }
                    .into_any()
            }
        })}
    }
}

#[component]
fn FaultList(desk: Desk, faults: Vec<ScriptFault>) -> impl IntoView {
    view! {
        <ul class="faults">
            {faults
                .into_iter()
                .map(|fault| {
                    let place = fault.line.map(|line| (line, fault.column.unwrap_or(1)));
                    view! {
                        <li data-tone="bad">
                            <MarkShape mark=Mark::Stop />
                            <div>
                                <Place desk place />
                                <p>{say(move |language| words::script_fault(&fault, language))}</p>
                            </div>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn HintList(desk: Desk, hints: Vec<ScriptHint>) -> impl IntoView {
    view! {
        <ul class="faults">
            {hints
                .into_iter()
                .map(|hint| {
                    let place = hint.line.map(|line| (line, 1));
                    view! {
                        <li data-tone="heed">
                            <MarkShape mark=Mark::Heed />
                            <div>
                                <Place desk place />
                                <p>{t(words::script_hint(hint.kind))}</p>
                                <p class="muted small">{t(words::script_hint_source(hint.kind))}</p>
                            </div>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// Leads the caret there.
#[component]
fn Place(desk: Desk, place: Option<(u32, u32)>) -> impl IntoView {
    place.map(|(line, column)| {
        let label =
            say(move |language| word::options::place(language, &column.to_string(), &line.to_string()));
        view! {
            <Button
                label
                look=Look::Quiet
                on_press=Callback::new(move |()| desk.place.set(Some((line, column))))
            />
        }
    })
}
