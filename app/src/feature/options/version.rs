//! One version: who, when, why, its text, how it differs from another, and the way back to it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Script, ScriptName, ScriptVersion};
use shared::problem::Code;

use super::diff::{Diff, Difference};
use super::save::{Confirm, Wish};
use crate::api::{self, Failure};
use crate::feature::facts::Facts;
use crate::feature::link::{Link, use_go};
use crate::flow::console_place::versions;
use crate::i18n::{Word, say, t, word};
use crate::state::use_session;
use crate::ui::{Button, Look, Notice, Tone, anew};
use crate::words;

#[component]
pub fn ScriptVersionDetails(script: Script) -> impl IntoView {
    let Script {
        name,
        version,
        text,
        in_force,
        ..
    } = script;
    let number = version.number;
    let is_in_force = number == in_force;
    let saved_at = version.saved_at.clone();
    view! {
        <div class="stack-wide">
            <Facts rows=vec![
                (word::options::SAVED_AT, say(move |language| words::date_and_time(&saved_at, language))),
                (word::options::AUTHOR, version.author.into()),
                (word::options::COMMENT, version.comment.into()),
                (word::options::SHA256, version.sha256.into()),
            ] />
            <div class="row">
                {if is_in_force {
                    view! { <span class="tag">{t(word::options::IN_FORCE)}</span> }.into_any()
                } else {
                    let text = text.clone();
                    view! { <Restore name number text in_force /> }.into_any()
                }}
                <a class="button" href=api::script::file(name, number) download="">
                    {t(word::options::DOWNLOAD)}
                </a>
                <Link href=versions(name)>{t(word::options::ALL_VERSIONS)}</Link>
            </div>
            <Compare name number in_force />
            <div class="stack">
                <h2 id="text-title">{t(word::options::TEXT)}</h2>
                <pre class="script-text" tabindex="0" role="region" aria-labelledby="text-title">{text}</pre>
            </div>
        </div>
    }
}

/// With the version before, until another is chosen.
#[component]
fn Compare(name: ScriptName, number: u32, in_force: u32) -> impl IntoView {
    let first = if number > 1 { number - 1 } else { in_force };
    let other = RwSignal::new(first);
    let others = (1..=in_force).rev().filter(move |one| *one != number);
    let options: Vec<u32> = others.collect();
    if options.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="stack" aria-labelledby="compare-title">
            <h2 id="compare-title">{t(word::options::COMPARE)}</h2>
            <div class="field compare">
                <label for="other-version">{t(word::options::COMPARE_WITH)}</label>
                <select
                    id="other-version"
                    on:change=move |event| {
                        if let Ok(number) = event_target_value(&event).parse() {
                            other.set(number);
                        }
                    }
                >
                    {options
                        .into_iter()
                        .map(|one| {
                            let label = say(move |language| {
                                word::options::version_number(language, &one.to_string())
                            });
                            view! {
                                <option value=one.to_string() selected=one == first>
                                    {label}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </div>
            {anew(move || {
                let from = other.get();
                let difference = Difference::ask(move || api::script::compare(name, from, number));
                view! { <Diff difference /> }
            })}
        </section>
    }
    .into_any()
}

/// An old version is put in force by saving its text as a new one.
#[component]
fn Restore(name: ScriptName, number: u32, text: String, in_force: u32) -> impl IntoView {
    let session = use_session();
    let go = use_go();
    let language = crate::i18n::use_language();
    let base = RwSignal::new(in_force);
    let is_open = RwSignal::new(false);
    let notice = RwSignal::new(None::<Word>);
    let comment = RwSignal::new(String::new());
    let on_saved = Callback::new(move |_: ScriptVersion| {
        is_open.set(false);
        go(versions(name), leptos_router::NavigateOptions::default());
    });
    let on_refused = Callback::new(move |failure: Failure| match failure.code() {
        Some(Code::ScriptChanged) => {
            is_open.set(false);
            notice.set(Some(word::options::RESTORE_CHANGED));
            // The next look at the changes is against what is in force then.
            spawn_local(async move {
                match api::script::in_force(name).await {
                    Ok(script) => drop(base.try_set(script.in_force)),
                    Err(failure) => drop(session.heed(failure)),
                }
            });
            true
        }
        Some(Code::ScriptFaulty) => {
            is_open.set(false);
            notice.set(Some(word::options::RESTORE_FAULTY));
            true
        }
        _ => false,
    });
    let open = Callback::new(move |()| {
        notice.set(None);
        if comment.with_untracked(String::is_empty) {
            comment.set(word::options::restored(
                language.get_untracked(),
                &number.to_string(),
            ));
        }
        is_open.set(true);
    });
    let on_close = Callback::new(move |()| is_open.set(false));
    view! {
        <Button label=t(word::options::RESTORE) look=Look::Primary on_press=open />
        {anew(move || {
            notice
                .get()
                .map(|notice| {
                    view! {
                        <Notice tone=Tone::Heed alert=true>
                            <p>{t(notice)}</p>
                        </Notice>
                    }
                })
        })}
        {anew(move || {
            is_open
                .get()
                .then(|| {
                    let wish = Wish {
                        name,
                        text: text.clone(),
                        base: base.get_untracked(),
                        comment,
                    };
                    view! { <Confirm title=word::options::RESTORE_TITLE wish on_saved on_refused on_close /> }
                })
        })}
    }
}
