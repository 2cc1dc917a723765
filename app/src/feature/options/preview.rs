//! What this user would see and get if they began now.

use leptos::prelude::*;
use shared::api::{CodeDelivery, OptionsEffect, Plan};

use crate::feature::facts::Facts;
use crate::feature::plan::PlanFacts;
use crate::i18n::{Language, say, t, word};
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
    let delivered = delivery(&plan);
    view! {
        <section class="stack" aria-labelledby="preview-title">
            <h3 id="preview-title">{t(word::options::PREVIEW)}</h3>
            <div class="preview">
                <Facts rows=vec![(word::options::DELIVERY, delivered)] />
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

/// Where Next brings the code.
fn delivery(plan: &Plan) -> Signal<String> {
    let delivery = plan.delivery;
    let address = plan.mail_address.clone().unwrap_or_default();
    say(move |language: Language| match delivery {
        CodeDelivery::Screen => word::options::DELIVERY_SCREEN.text(language).to_owned(),
        CodeDelivery::Mail => word::options::delivery_mail(language, &address),
        CodeDelivery::ScreenWithoutAddress => word::options::DELIVERY_NO_ADDRESS.text(language).to_owned(),
    })
}
