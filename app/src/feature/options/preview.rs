//! What this user would see and get if they began now.

use leptos::prelude::*;
use shared::api::OptionsEffect;

use crate::feature::facts::Facts;
use crate::feature::plan::PlanFacts;
use crate::i18n::{say, t, word};
use crate::words;

#[component]
pub fn Preview(effect: OptionsEffect) -> impl IntoView {
    let OptionsEffect {
        plan,
        subject,
        valid_from,
        valid_until,
        ..
    } = effect;
    view! {
        <section class="stack" aria-labelledby="preview-title">
            <h3 id="preview-title">{t(word::options::PREVIEW)}</h3>
            <div class="preview">
                <PlanFacts plan chosen=RwSignal::new(None) />
            </div>
            <h3>{t(word::options::CERTIFICATE)}</h3>
            <Facts rows=vec![
                (word::options::SUBJECT, subject.into()),
                (word::fact::VALID_FROM, say(move |language| words::date_and_time(&valid_from, language))),
                (word::fact::VALID_UNTIL, say(move |language| words::date_and_time(&valid_until, language))),
            ] />
        </section>
    }
}
