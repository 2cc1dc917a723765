//! Where mail goes, how much of it there is, and what is wrong with it.

use leptos::prelude::*;
use shared::api::{MailOverview, MailState, TemplateFault};

use super::MailPath;
use crate::feature::facts::Facts;
use crate::feature::loaded::Waiting;
use crate::i18n::{Word, say, t, word};
use crate::ui::{Notice, Tone, anew, derived};
use crate::words;

#[component]
pub fn MailOverviewCard(path: MailPath) -> impl IntoView {
    let overview = path.overview;
    let value = overview.value;
    view! {
        {anew(move || value.get().map(|overview| view! { <Told overview /> }))}
        <Waiting
            is_loaded=derived(move || value.with(Option::is_some))
            failure=overview.failure
            again=overview.again
        />
    }
}

#[component]
fn Told(overview: MailOverview) -> impl IntoView {
    let counts = [
        (MailState::Waiting, overview.waiting),
        (MailState::Sending, overview.sending),
        (MailState::Sent, overview.sent),
        (MailState::Failed, overview.failed),
        (MailState::Cancelled, overview.cancelled),
    ];
    let mut rows: Vec<(Word, Signal<String>)> = Vec::new();
    if let Some(route) = overview.route {
        rows.push((word::outbox::ROUTE, route.into()));
    }
    if let Some(from) = overview.from {
        rows.push((word::outbox::FROM, from.into()));
    }
    if let Some(oldest) = overview.oldest_waiting {
        let since = say(move |language| words::date_and_time(&oldest, language));
        rows.push((word::outbox::OLDEST, since));
    }
    view! {
        {(!overview.configured)
            .then(|| {
                view! {
                    <Notice tone=Tone::Heed>
                        <p>{t(word::outbox::NOT_CONFIGURED)}</p>
                    </Notice>
                }
            })}
        <Faults faults=overview.template_faults />
        <Facts rows />
        <ul class="counts">
            {counts
                .map(|(state, count)| {
                    view! {
                        <li data-state=(count > 0).then(|| state.as_str())>
                            <strong class="figures">{count}</strong>
                            " "
                            {t(words::mail_state(state))}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn Faults(faults: Vec<TemplateFault>) -> impl IntoView {
    (!faults.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Heed>
                <p>{t(word::outbox::FAULTS)}</p>
                <ul>
                    {faults
                        .into_iter()
                        .map(|TemplateFault { file, fault }| {
                            view! {
                                <li>
                                    <span class="mono">{file}</span>
                                    ": "
                                    <span lang="en">{fault}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </Notice>
        }
    })
}
