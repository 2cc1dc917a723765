//! Who waits, and the two buttons with the reason that goes with them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{DecideRecovery, Decision, RecoveryRequest};
use shared::problem::Code;

use super::{Desk, asked, certificates};
use crate::api;
use crate::browser;
use crate::i18n::{Word, say, t, word};
use crate::state::use_session;
use crate::ui::{Look, Notice, Tone, anew};
use crate::words;

#[component]
pub fn Pending(desk: Desk, requests: Memo<Option<Vec<RecoveryRequest>>>) -> impl IntoView {
    let all = move || requests.get().unwrap_or_default();
    view! {
        <section class="stack" aria-labelledby="pending-title">
            <h2 id="pending-title">{t(word::recoveries::PENDING)}</h2>
            {anew(move || {
                all().is_empty().then(|| view! { <p class="muted">{t(word::recoveries::NONE)}</p> })
            })}
            // One that is there already is not drawn anew: what is written in it stays.
            <For each=all key=|request| request.id let:request>
                <Request desk request />
            </For>
        </section>
    }
}

#[component]
fn Request(desk: Desk, request: RecoveryRequest) -> impl IntoView {
    let title = format!("request-{}", request.id);
    let labelled_by = title.clone();
    let can_decide = request.can_decide;
    view! {
        <article class="card request" aria-labelledby=labelled_by>
            <h3 id=title>{request.user.clone()} " " <span class="muted">"(" {request.user_name.clone()} ")"</span></h3>
            <p class="figures">{asked(&request)}</p>
            {certificates(&request.certificates)}
            {if can_decide {
                view! { <Decide desk request /> }.into_any()
            } else {
                view! {
                    <Notice tone=Tone::Calm>
                        <p>{t(word::recoveries::OWN)}</p>
                    </Notice>
                }
                    .into_any()
            }}
        </article>
    }
}

#[component]
fn Decide(desk: Desk, request: RecoveryRequest) -> impl IntoView {
    let session = use_session();
    let RecoveryRequest { id, user, .. } = request;
    let reason = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let slip = RwSignal::new(None::<Word>);
    let field = format!("reason-{id}");
    let focus = StoredValue::new(field.clone());
    let decide = move |decision: Decision| {
        if busy.get_untracked() {
            return;
        }
        let written = reason.get_untracked().trim().to_owned();
        if written.is_empty() {
            slip.set(Some(word::problem::REASON_MISSING));
            focus.with_value(|field| browser::focus(field));
            return;
        }
        busy.set(true);
        slip.set(None);
        let told = match decision {
            Decision::Approve => word::recoveries::TOLD_APPROVED,
            Decision::Refuse => word::recoveries::TOLD_REFUSED,
        };
        spawn_local(async move {
            let body = DecideRecovery {
                decision,
                reason: written,
            };
            let answer = api::recovery::decide(id, &body).await;
            busy.try_set(false);
            match answer.map_err(|failure| session.heed(failure)) {
                Ok(()) => desk.tell(true, told),
                // Another person, or time, was faster.
                Err(failure) if matches!(failure.code(), Some(Code::RecoveryDecided | Code::NotFound)) => {
                    desk.tell(false, words::console_failure(&failure));
                }
                Err(failure) => drop(slip.try_set(Some(words::console_failure(&failure)))),
            }
        });
    };
    let (hint, error) = (format!("{field}-hint"), format!("{field}-error"));
    let described_by = format!("{error} {hint}");
    view! {
        <div class="field">
            <label for=field.clone()>{t(word::recoveries::REASON)}</label>
            <p id=hint class="field-hint">{t(word::recoveries::REASON_HINT)}</p>
            <textarea
                id=field
                rows="2"
                maxlength="500"
                aria-invalid=move || slip.get().is_some().then_some("true")
                aria-describedby=described_by
                prop:value=reason
                on:input=move |event| reason.set(event_target_value(&event))
            ></textarea>
            <p id=error class="field-error" role="alert">{anew(move || slip.get().map(t))}</p>
        </div>
        <div class="row">
            <Press
                words=(word::recoveries::APPROVE, word::recoveries::approve_of)
                user=user.clone()
                look=Look::Primary
                busy
                on_press=Callback::new(move |()| decide(Decision::Approve))
            />
            <Press
                words=(word::recoveries::REFUSE, word::recoveries::refuse_of)
                user
                look=Look::Plain
                busy
                on_press=Callback::new(move |()| decide(Decision::Refuse))
            />
        </div>
    }
}

/// Many requests have the same buttons: the name says whose.
#[component]
fn Press(
    words: (Word, fn(crate::i18n::Language, &str) -> String),
    user: String,
    look: Look,
    busy: RwSignal<bool>,
    on_press: Callback<()>,
) -> impl IntoView {
    let (label, name) = words;
    view! {
        <button
            type="button"
            class="button"
            data-look=(look == Look::Primary).then_some("primary")
            aria-label=say(move |language| name(language, &user))
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| on_press.run(())
        >
            {t(label)}
        </button>
    }
}
