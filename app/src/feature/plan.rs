//! What will be made for a user: the facts, and the choice of certificates where the options leave one.

use leptos::prelude::*;
use shared::api::{CertificateChoice, OfferedCertificate, Plan, Purpose};

use super::facts::Facts;
use crate::i18n::{say, t, word};
use crate::words;

/// What the user has chosen; `None`: nothing yet, and what the plan says holds.
pub type Chosen = RwSignal<Option<Vec<Purpose>>>;

#[component]
pub fn PlanFacts(plan: Plan, chosen: Chosen) -> impl IntoView {
    let Plan {
        profile_name,
        server_name,
        user_id,
        certificates,
        choices,
        validity,
        ..
    } = plan;
    let mut rows = vec![
        (word::fact::NAME, profile_name.into()),
        (word::fact::SERVER, server_name.into()),
        (word::fact::USER_ID, user_id.into()),
    ];
    if choices.is_empty() {
        let named = certificates.clone();
        rows.push((
            word::fact::CERTIFICATES,
            say(move |language| words::purposes(&named, language)),
        ));
    }
    rows.push((
        word::fact::VALID_FOR,
        say(move |language| words::validity(&validity, language)),
    ));
    view! {
        <Facts rows />
        {(!choices.is_empty()).then(|| view! { <Choices choices certificates chosen /> })}
    }
}

/// A box for each certificate; those that are always made are ticked and stay so.
#[component]
fn Choices(
    choices: Vec<OfferedCertificate>,
    /// Those to be made where nothing is chosen.
    certificates: Vec<Purpose>,
    chosen: Chosen,
) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>{t(word::introduction::CHOOSE)}</legend>
            {choices
                .into_iter()
                .map(|offer| {
                    let certificates = certificates.clone();
                    view! { <Choice offer certificates chosen /> }
                })
                .collect_view()}
        </fieldset>
    }
}

#[component]
fn Choice(offer: OfferedCertificate, certificates: Vec<Purpose>, chosen: Chosen) -> impl IntoView {
    let OfferedCertificate { purpose, choice } = offer;
    let id = purpose.as_str();
    let why = format!("{id}-why");
    let is_required = choice == CertificateChoice::Required;
    let before = certificates.clone();
    let is_on = move || chosen.with(|chosen| chosen.as_ref().unwrap_or(&before).contains(&purpose));
    let toggle = move |event| {
        let is_on = event_target_checked(&event);
        let mut now = chosen.get_untracked().unwrap_or_else(|| certificates.clone());
        now.retain(|one| *one != purpose);
        if is_on {
            now.push(purpose);
        }
        chosen.set(Some(now));
    };
    view! {
        <div class="choice">
            <input
                type="checkbox"
                id=id
                disabled=is_required
                aria-describedby=why.clone()
                prop:checked=is_on
                on:change=toggle
            />
            <label for=id>{t(words::purpose(purpose))}</label>
            <p id=why class="muted small">
                {t(words::purpose_meaning(purpose))}
                {is_required.then(|| view! { " " {t(word::introduction::ALWAYS)} })}
            </p>
        </div>
    }
}
