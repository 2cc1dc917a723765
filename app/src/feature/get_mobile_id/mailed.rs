//! Step 2 while the code is in a mail: where it went, what is known of it, what to do with it, and the ways for who
//! gets none.

use leptos::prelude::*;
use shared::api::{MailState, MailedCode, ProcessAction};

use super::StepTitle;
use super::countdown::{Countdown, code_seconds_left};
use super::enrollment::Enrollment;
use crate::browser;
use crate::feature::seconds_left::seconds_left;
use crate::flow::time_left::clock;
use crate::i18n::{Language, say, t, word};
use crate::ui::{Button, Look, Mark, Ring, StateMark, anew, memo, use_announcer, whenever_after};
use crate::words;

#[component]
pub fn Mailed(enrollment: Enrollment) -> impl IntoView {
    let mail = memo(move || {
        enrollment
            .view
            .with(|view| view.as_ref()?.activation.as_ref()?.mail.clone())
    });
    let seconds = code_seconds_left(enrollment);
    let is_over = memo(move || seconds.get() == 0);
    // Nothing comes, or nothing comes of it: a new mail is the one thing to do.
    let is_of_no_use = memo(move || {
        is_over.get()
            || mail.with(|mail| {
                mail.as_ref()
                    .is_some_and(|mail| matches!(mail.state, MailState::Failed | MailState::Cancelled))
            })
    });
    announce_new_mails(enrollment);
    view! {
        <StepTitle text=say(move |language| mail.with(|mail| title(mail.as_ref(), language))) />
        <div class="mailed">
            <div class="mailed-letter">
                <svg class="mailed-picture" viewBox="0 0 96 72" aria-hidden="true">
                    <rect x="4" y="4" width="88" height="64" rx="8" />
                    <path d="M8 10l40 32l40-32" />
                </svg>
                <Standing mail />
            </div>
            <div class="stack">
                {anew(move || (!is_of_no_use.get()).then(|| view! { <How /> }))}
                <div class="row">
                    {anew(move || {
                        (!is_of_no_use.get() || is_over.get()).then(|| view! { <Countdown seconds /> })
                    })}
                    {anew(move || {
                        let look = if is_of_no_use.get() { Look::Primary } else { Look::Quiet };
                        view! { <Resend enrollment mail is_over look /> }
                    })}
                </div>
            </div>
        </div>
        <div class="row ways">
            <NothingCame />
            <ShowHere enrollment />
        </div>
    }
}

#[component]
fn How() -> impl IntoView {
    view! {
        <ol class="numbered">
            <li>{t(word::mailed::HOW_1)}</li>
            <li>{t(word::mailed::HOW_2)}</li>
            <li>{t(word::mailed::HOW_3)}</li>
        </ol>
        <Ring label=t(word::process_state::OPEN) />
    }
}

/// It says no more than is known: a mail that no server has taken was not sent.
fn title(mail: Option<&MailedCode>, language: Language) -> String {
    mail.map_or_else(String::new, |mail| match mail.state {
        MailState::Sent => word::mailed::sent(language, &mail.address),
        MailState::Waiting | MailState::Sending => word::mailed::sending(language, &mail.address),
        MailState::Failed | MailState::Cancelled => word::mailed::failed(language, &mail.address),
    })
}

/// What is known of the mail, as it becomes known.
#[component]
fn Standing(mail: Memo<Option<MailedCode>>) -> impl IntoView {
    let sentence = say(move |language| {
        mail.with(|mail| {
            mail.as_ref()
                .map_or_else(String::new, |mail| words::mailed(mail, language))
        })
    });
    view! {
        <div role="status">
            {anew(move || {
                let mark = mail.with(|mail| mail.as_ref().map_or(Mark::Waiting, mark));
                view! { <StateMark mark label=sentence /> }
            })}
        </div>
    }
}

const fn mark(mail: &MailedCode) -> Mark {
    match mail.state {
        MailState::Waiting if mail.attempts > 0 => Mark::Heed,
        MailState::Waiting | MailState::Sending => Mark::Waiting,
        MailState::Sent => Mark::Tick,
        MailState::Failed | MailState::Cancelled => Mark::Stop,
    }
}

/// A new code in a new mail; the button says from when on.
#[component]
fn Resend(
    enrollment: Enrollment,
    mail: Memo<Option<MailedCode>>,
    is_over: Memo<bool>,
    look: Look,
) -> impl IntoView {
    let seconds = seconds_left(memo(move || {
        mail.with(|mail| browser::milliseconds(&mail.as_ref()?.resend_at))
    }));
    let is_offered = memo(move || enrollment.allows(ProcessAction::MailCode));
    let is_early = memo(move || seconds.get() > 0 || !is_offered.get());
    let label = say(move |language| match seconds.get() {
        0 if is_over.get() => word::mailed::NEW_MAIL.text(language).to_owned(),
        0 => word::mailed::AGAIN.text(language).to_owned(),
        left => word::mailed::again_in(language, &clock(left)),
    });
    view! {
        <span class="figures">
            <Button
                label
                look
                busy=enrollment.busy
                unusable=is_early
                on_press=Callback::new(move |()| enrollment.mail_code())
            />
        </span>
    }
}

#[component]
fn NothingCame() -> impl IntoView {
    view! {
        <details class="other-ways">
            <summary>{t(word::mailed::NOTHING)}</summary>
            <ul class="stack hints">
                <li>{t(word::mailed::NOTHING_1)}</li>
                <li>{t(word::mailed::NOTHING_2)}</li>
                <li>{t(word::mailed::NOTHING_3)}</li>
            </ul>
        </details>
    }
}

/// The QR code in place of the mail, where the options leave it.
#[component]
fn ShowHere(enrollment: Enrollment) -> impl IntoView {
    let is_offered = memo(move || enrollment.allows(ProcessAction::NewCode));
    anew(move || {
        is_offered.get().then(|| {
            view! {
                <Button
                    label=t(word::mailed::SHOW_HERE)
                    look=Look::Quiet
                    busy=enrollment.busy
                    on_press=Callback::new(move |()| enrollment.new_code())
                />
            }
        })
    })
}

fn announce_new_mails(enrollment: Enrollment) {
    let announcer = use_announcer();
    let sentence = t(word::mailed::NEW_SENT);
    let number = memo(move || {
        enrollment
            .view
            .with(|view| Some(view.as_ref()?.activation.as_ref()?.number))
    });
    whenever_after(move |before: Option<Option<u32>>| {
        let now = number.get();
        if before.flatten().is_some_and(|before| Some(before) != now) && now.is_some() {
            announcer.say(sentence.get_untracked());
        }
        now
    });
}
