//! The earlier encryption certificates whose keys a phone got too, and those whose keys it did not get.

use leptos::prelude::*;
use shared::api::MobileId;

use super::certificates::{Certificates, lines, validity};
use crate::i18n::{say, t, word};
use crate::ui::{Tone, notice};
use crate::words;

/// On the mobile ID's page: all that is known of them.
#[component]
pub fn Recovered(mobile_id: MobileId) -> impl IntoView {
    let missing = missing(&mobile_id);
    let certificates = mobile_id.recovered;
    view! {
        {missing}
        {(!certificates.is_empty())
            .then(|| {
                view! {
                    <section class="stack">
                        <h2 id="recovered-title">{t(word::recover::RECOVERED)}</h2>
                        <p class="muted">{t(word::recover::RECOVERED_TEXT)}</p>
                        <Certificates certificates labelled_by="recovered-title" />
                    </section>
                }
            })}
    }
}

/// At the end of Get Mobile ID: in brief.
pub fn recovered_in_brief(mobile_id: &MobileId) -> AnyView {
    let rows: Vec<_> = mobile_id
        .recovered
        .iter()
        .map(|one| {
            let state = words::certificate_state(one.state_in_ca);
            (validity(&one.not_before, &one.not_after), t(state))
        })
        .collect();
    view! {
        {missing(mobile_id)}
        {(!rows.is_empty())
            .then(|| {
                view! {
                    <h3>{t(word::recover::RECOVERED)}</h3>
                    <p class="muted">{t(word::recover::RECOVERED_TEXT)}</p>
                    {lines(rows)}
                }
            })}
    }
    .into_any()
}

/// Each by its name: somebody has to look after it.
fn missing(mobile_id: &MobileId) -> Vec<AnyView> {
    let serials = mobile_id.not_recovered.iter().cloned();
    serials
        .map(|serial| {
            let told = say(move |language| word::recover::not_recovered(language, &serial));
            notice(Tone::Heed, false, told)
        })
        .collect()
}
