//! Step 3: the phone finishes, and then what the user has.

use leptos::prelude::*;
use shared::api::MobileId;

use super::StepTitle;
use super::enrollment::Enrollment;
use crate::feature::facts::Facts;
use crate::feature::recovered::recovered_in_brief;
use crate::i18n::{say, t, word};
use crate::ui::{Mark, MarkShape};
use crate::words;

#[component]
pub fn Finishing() -> impl IntoView {
    view! {
        <div class="stack appear">
            <div class="headline">
                <MarkShape mark=Mark::Waiting />
                <StepTitle text=t(word::done::FINISHING) />
            </div>
            <p>{t(word::done::FINISHING_TEXT)}</p>
        </div>
    }
}

#[component]
pub fn Done(enrollment: Enrollment) -> impl IntoView {
    let mobile_id = enrollment.view.get_untracked().and_then(|view| view.mobile_id);
    view! {
        <div class="stack appear">
            <div class="headline" data-mark="tick">
                <MarkShape mark=Mark::Tick />
                <StepTitle text=t(word::done::TITLE) />
            </div>
            {mobile_id.map(|mobile_id| view! { <Made mobile_id /> })}
            <p id="what-next">{t(word::done::WHAT_NEXT)}</p>
        </div>
    }
}

#[component]
fn Made(mobile_id: MobileId) -> impl IntoView {
    let purposes: Vec<_> = mobile_id
        .certificates
        .iter()
        .map(|certificate| certificate.purpose)
        .collect();
    let recovered = recovered_in_brief(&mobile_id);
    let summary = mobile_id.summary;
    view! {
        <Facts rows=vec![
            (word::fact::NAME, summary.name.into()),
            (word::fact::PHONE, summary.phone.into()),
            (word::fact::CERTIFICATES, say(move |language| words::purposes(&purposes, language))),
            (word::fact::VALID_UNTIL, say(move |language| words::date(&summary.valid_until, language))),
        ] />
        {recovered}
    }
}
