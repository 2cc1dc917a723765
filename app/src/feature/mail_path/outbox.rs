//! What was written and what became of it, newest first, fifty at a time. What a mail says is told to nobody.

use leptos::prelude::*;
use shared::api::{MailState, OUTBOX_PAGE, OutboxMail};
use uuid::Uuid;

use super::MailPath;
use super::choice::Choice;
use super::row::Row;
use crate::api;
use crate::feature::loaded::{Waiting, load};
use crate::i18n::{Word, t, word};
use crate::ui::{Button, anew, derived, memo, whenever_after};
use crate::words;

const COLUMNS: [Word; 7] = [
    word::outbox::KIND,
    word::outbox::ADDRESS,
    word::outbox::STATE,
    word::outbox::TRIES,
    word::outbox::TIMES,
    word::outbox::ANSWER,
    word::outbox::ACTION,
];

#[component]
pub fn OutboxTable(path: MailPath) -> impl IntoView {
    let state = RwSignal::new(None::<MailState>);
    let mut offered = vec![(None, t(word::outbox::ALL))];
    offered.extend(MailState::ALL.map(|state| (Some(state), t(words::mail_state(state)))));
    view! {
        <section class="stack" aria-labelledby="outbox-title">
            <h2 id="outbox-title">{t(word::outbox::OUTBOX)}</h2>
            <Choice id="outbox-state" label=word::outbox::SHOW offered chosen=state />
            {anew(move || view! { <Pages path state=state.get() /> })}
        </section>
    }
}

#[component]
fn Pages(path: MailPath, state: Option<MailState>) -> impl IntoView {
    // The last mail of the page before, where it is not the first page.
    let turn = RwSignal::new(None::<Uuid>);
    anew(move || view! { <Page path state before=turn.get() turn /> })
}

/// One page, read anew whenever something may have changed.
#[component]
fn Page(
    path: MailPath,
    state: Option<MailState>,
    before: Option<Uuid>,
    turn: RwSignal<Option<Uuid>>,
) -> impl IntoView {
    let mails = load(move || api::mail::outbox(state, before));
    whenever_after(move |ran: Option<()>| {
        path.changed.track();
        if ran.is_some() {
            mails.again.run(());
        }
    });
    let value = mails.value;
    let last = memo(move || {
        value.with(|mails| {
            let full = mails.as_ref().filter(|mails| mails.len() >= OUTBOX_PAGE)?;
            full.last().map(|mail| mail.id)
        })
    });
    view! {
        {anew(move || value.get().map(|mails| view! { <Mails path mails /> }))}
        <Waiting
            is_loaded=derived(move || value.with(Option::is_some))
            failure=mails.failure
            again=mails.again
        />
        <div class="row">
            {before
                .is_some()
                .then(|| {
                    view! {
                        <Button
                            label=t(word::outbox::NEWEST)
                            on_press=Callback::new(move |()| turn.set(None))
                        />
                    }
                })}
            {anew(move || {
                last.get()
                    .map(|last| {
                        view! {
                            <Button
                                label=t(word::outbox::OLDER)
                                on_press=Callback::new(move |()| turn.set(Some(last)))
                            />
                        }
                    })
            })}
        </div>
    }
}

#[component]
fn Mails(path: MailPath, mails: Vec<OutboxMail>) -> impl IntoView {
    if mails.is_empty() {
        return view! { <p class="muted">{t(word::outbox::NONE)}</p> }.into_any();
    }
    // The roles are said because the narrow layout takes the table's display away, and with it its meaning.
    view! {
        <table class="certificates outbox" role="table" aria-labelledby="outbox-title">
            <thead role="rowgroup">
                <tr role="row">
                    {COLUMNS
                        .map(|name| view! { <th role="columnheader" scope="col">{t(name)}</th> })
                        .collect_view()}
                </tr>
            </thead>
            <tbody role="rowgroup">
                {mails.into_iter().map(|mail| view! { <Row path mail /> }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}
