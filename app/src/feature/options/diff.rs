//! How two texts differ, line by line: a sign and a word for each change, never a colour alone.

use std::future::Future;

use leptos::prelude::*;
use shared::api::{DiffLine, LineChange};

use crate::api::Failure;
use crate::feature::loaded::{Loaded, Waiting, load};
use crate::i18n::{t, word};
use crate::ui::{anew, derived};

#[derive(Clone, Copy)]
pub struct Difference(Loaded<Vec<DiffLine>>);

impl Difference {
    pub fn ask<F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Vec<DiffLine>, Failure>> + 'static,
    {
        Self(load(fetch))
    }
}

#[component]
pub fn Diff(difference: Difference) -> impl IntoView {
    let Difference(Loaded {
        value,
        failure,
        again,
    }) = difference;
    view! {
        {anew(move || {
            value
                .get()
                .map(|lines| {
                    if lines.is_empty() {
                        view! { <p class="muted">{t(word::options::NO_DIFFERENCE)}</p> }.into_any()
                    } else {
                        view! { <Lines lines /> }.into_any()
                    }
                })
        })}
        <Waiting is_loaded=derived(move || value.with(Option::is_some)) failure again />
    }
}

#[component]
fn Lines(lines: Vec<DiffLine>) -> impl IntoView {
    view! {
        <div class="diff" tabindex="0" role="region" aria-label=t(word::options::DIFFERENCE)>
            <table>
                <thead class="for-ears">
                    <tr>
                        <th>{t(word::options::LINE_BEFORE)}</th>
                        <th>{t(word::options::LINE_AFTER)}</th>
                        <th>{t(word::options::CHANGE)}</th>
                        <th>{t(word::options::LINE_TEXT)}</th>
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| view! { <Line line /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(line: DiffLine) -> impl IntoView {
    let (name, sign, said) = match line.change {
        LineChange::Same => ("same", "", None),
        LineChange::Removed => ("removed", "\u{2212}", Some(word::options::REMOVED)),
        LineChange::Added => ("added", "+", Some(word::options::ADDED)),
        LineChange::Gap => ("gap", "\u{22ef}", Some(word::options::GAP)),
    };
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    view! {
        <tr data-change=name>
            <td class="diff-number">{number(line.old)}</td>
            <td class="diff-number">{number(line.new)}</td>
            <td class="diff-sign">
                <span aria-hidden="true">{sign}</span>
                {said.map(|said| view! { <span class="for-ears">{t(said)}</span> })}
            </td>
            <td class="diff-text">{line.text}</td>
        </tr>
    }
}
