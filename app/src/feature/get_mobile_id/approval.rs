//! Step 1 where a second person decides on the recovery: the wait, and what came of it.

use leptos::prelude::*;
use shared::api::ApprovalState;

use super::StepTitle;
use super::enrollment::Enrollment;
use super::recovery::settled;
use crate::feature::slip::PasswordAgain;
use crate::i18n::{say, t, word};
use crate::state::SignedIn;
use crate::ui::{Mark, MarkShape, Notice, Tone, derived};
use crate::words;

/// Nobody has decided yet.
#[component]
pub fn Waiting(enrollment: Enrollment) -> impl IntoView {
    let recovery = enrollment.recovery()?;
    let request = recovery.approval.clone()?;
    let times = say(move |language| {
        word::recover::asked(
            language,
            &words::time(&request.requested_at, language),
            &words::soon(&request.expires_at, &request.requested_at, language),
        )
    });
    let has_address = enrollment
        .session
        .signed_in
        .with_untracked(|who| matches!(who, SignedIn::Yes(me) if me.email.is_some()));
    let close = if has_address {
        word::recover::MAILED
    } else {
        word::recover::CLOSE
    };
    let is_needed = derived(move || enrollment.without.get() && enrollment.password_needed());
    Some(view! {
        <div class="stack appear">
            <div class="headline">
                <MarkShape mark=Mark::Waiting />
                <StepTitle text=t(word::recover::WAITING) />
            </div>
            <p>{times}</p>
            <p>{t(close)}</p>
            <section class="earlier stack">
                <h3>{t(word::recover::TITLE)}</h3>
                {settled(&recovery)}
            </section>
            <p class="muted">{t(word::recover::WITHOUT_TEXT)}</p>
            <PasswordAgain password=enrollment.password is_needed slip=enrollment.slip />
        </div>
    })
}

/// What came of the request, at the top of the introduction.
#[component]
pub fn Outcome(enrollment: Enrollment) -> impl IntoView {
    let request = enrollment.recovery()?.approval?;
    let state = request.state;
    let title = say(move |language| match state {
        ApprovalState::Approved | ApprovalState::Pending => {
            let until = words::soon(&request.expires_at, &request.requested_at, language);
            word::recover::approved(language, &until)
        }
        ApprovalState::Refused => word::recover::REFUSED.text(language).to_owned(),
        ApprovalState::Lapsed => word::recover::LAPSED.text(language).to_owned(),
    });
    let tone = if state == ApprovalState::Approved {
        Tone::Good
    } else {
        Tone::Heed
    };
    Some(view! {
        <Notice tone>
            <StepTitle text=title />
            {request.reason.map(|reason| view! { <p class="said">{reason}</p> })}
            {(state != ApprovalState::Approved)
                .then(|| view! { <p class="muted">{t(word::recover::WITHOUT_TEXT)}</p> })}
        </Notice>
    })
}
