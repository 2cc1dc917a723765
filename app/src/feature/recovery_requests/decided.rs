//! What was decided, by whom, when and why.

use leptos::prelude::*;
use shared::api::{ApprovalState, RecoveryRequest};

use super::certificates;
use crate::i18n::{say, t, word};
use crate::ui::{Mark, StateMark};
use crate::words;

#[component]
pub fn Decided(requests: Vec<RecoveryRequest>) -> impl IntoView {
    view! {
        <section class="stack" aria-labelledby="decided-title">
            <h2 id="decided-title">{t(word::recoveries::DECIDED)}</h2>
            {requests
                .is_empty()
                .then(|| view! { <p class="muted">{t(word::recoveries::NONE_DECIDED)}</p> })}
            {requests.into_iter().map(|request| view! { <Request request /> }).collect_view()}
        </section>
    }
}

#[component]
fn Request(request: RecoveryRequest) -> impl IntoView {
    let (mark, label) = match request.approval.state {
        ApprovalState::Pending => (Mark::Waiting, word::recoveries::WAITS),
        ApprovalState::Approved => (Mark::Tick, word::recoveries::APPROVED),
        ApprovalState::Refused => (Mark::Stop, word::recoveries::REFUSED),
        ApprovalState::Lapsed => (Mark::Clock, word::recoveries::LAPSED),
    };
    let by = request.decided_at.map(|at| {
        let who = request.decided_by.unwrap_or_default();
        say(move |language| match who.as_str() {
            "" => words::date_and_time(&at, language),
            who => word::recoveries::by(language, &words::date_and_time(&at, language), who),
        })
    });
    view! {
        <article class="card request">
            <h3>{request.user} " " <span class="muted">"(" {request.user_name} ")"</span></h3>
            <p class="row">
                <StateMark mark label=t(label) />
                {by.map(|by| view! { <span class="muted figures">{by}</span> })}
            </p>
            {request.approval.reason.map(|reason| view! { <p class="said">{reason}</p> })}
            {certificates(&request.certificates)}
        </article>
    }
}
