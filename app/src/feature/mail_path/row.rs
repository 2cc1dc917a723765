//! One mail of the outbox.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{MailState, OutboxMail};

use super::MailPath;
use crate::api::{self, Failure};
use crate::i18n::{say, t, word};
use crate::state::use_session;
use crate::ui::{Mark, StateMark, anew, use_announcer};
use crate::words;

#[component]
pub fn Row(path: MailPath, mail: OutboxMail) -> impl IntoView {
    let times = times(&mail);
    let again = mail
        .can_retry
        .then(|| view! { <TryAgain path mail=mail.clone() /> });
    let OutboxMail {
        kind,
        state,
        address,
        attempts,
        last_answer,
        ..
    } = mail;
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{t(words::mail_kind(kind))}</th>
            <td role="cell" class="address" data-name=t(word::outbox::ADDRESS)>{address}</td>
            <td role="cell" data-name=t(word::outbox::STATE)>
                <StateMark mark=mark(state) label=t(words::mail_state(state)) />
            </td>
            <td role="cell" data-name=t(word::outbox::TRIES)>{attempts}</td>
            <td role="cell" data-name=t(word::outbox::TIMES)>{times}</td>
            <td role="cell" class="last-answer" data-name=t(word::outbox::ANSWER)>
                {last_answer.unwrap_or_else(|| "\u{2013}".to_owned())}
            </td>
            <td role="cell" class="row-action">{again}</td>
        </tr>
    }
}

const fn mark(state: MailState) -> Mark {
    match state {
        MailState::Waiting => Mark::Clock,
        MailState::Sending => Mark::Waiting,
        MailState::Sent => Mark::Tick,
        MailState::Failed => Mark::Stop,
        MailState::Cancelled => Mark::Bars,
    }
}

/// When it was written, and what came or comes after that.
fn times(mail: &OutboxMail) -> impl IntoView + use<> {
    let (written, next, handed_over) = (
        mail.written_at.clone(),
        mail.next_at.clone(),
        mail.handed_over_at.clone(),
    );
    view! {
        <span class="time-line">
            {say(move |language| word::outbox::written(language, &words::date_and_time(&written, language)))}
        </span>
        {next
            .map(|at| {
                let said = say(move |language| word::outbox::next(language, &words::time(&at, language)));
                view! { <span class="time-line">{said}</span> }
            })}
        {handed_over
            .map(|at| {
                let said = say(move |language| word::outbox::handed_over(language, &words::time(&at, language)));
                view! { <span class="time-line">{said}</span> }
            })}
    }
}

#[component]
fn TryAgain(path: MailPath, mail: OutboxMail) -> impl IntoView {
    let session = use_session();
    let announcer = use_announcer();
    let done = t(word::outbox::RETRIED);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let id = mail.id;
    let press = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = api::mail::try_again(id).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    if let Some(done) = done.try_get_untracked() {
                        announcer.say(done);
                        path.look();
                    }
                }
                Err(error) => drop(failure.try_set(Some(session.heed(error)))),
            }
        });
    };
    // Many rows have the same button: its name says which mail it is about.
    let name = say(move |language| {
        let kind = words::mail_kind(mail.kind).text(language);
        word::outbox::retry_of(language, &mail.address, kind)
    });
    view! {
        <button
            type="button"
            class="button"
            aria-label=name
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            {t(word::shell::TRY_AGAIN)}
        </button>
        <p class="field-error" role="alert">{anew(move || failure.get().map(|failure| t(words::console_failure(&failure))))}</p>
    }
}
