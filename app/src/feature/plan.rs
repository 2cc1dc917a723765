//! What will be made for a user: the facts, and the choice of certificates where the options leave one.

use leptos::prelude::*;
use shared::api::{CertificateChoice, OfferedCertificate, Plan, Purpose};

use super::facts::Facts;
use crate::i18n::{say, t, word};
use crate::ui::{Choice, derived};
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
                    view! { <Offer offer certificates chosen /> }
                })
                .collect_view()}
        </fieldset>
    }
}

#[component]
fn Offer(offer: OfferedCertificate, certificates: Vec<Purpose>, chosen: Chosen) -> impl IntoView {
    let OfferedCertificate { purpose, choice } = offer;
    let fixed = choice == CertificateChoice::Required;
    let before = certificates.clone();
    let is_on = derived(move || chosen.with(|chosen| chosen.as_ref().unwrap_or(&before).contains(&purpose)));
    let on_change = Callback::new(move |is_on| {
        let mut now = chosen.get_untracked().unwrap_or_else(|| certificates.clone());
        now.retain(|one| *one != purpose);
        if is_on {
            now.push(purpose);
        }
        chosen.set(Some(now));
    });
    let means = say(move |language| {
        let means = words::purpose_meaning(purpose).text(language);
        let always = word::introduction::ALWAYS.text(language);
        if fixed {
            format!("{means} {always}")
        } else {
            means.to_owned()
        }
    });
    view! { <Choice id=purpose.as_str() label=t(words::purpose(purpose)) means is_on fixed on_change /> }
}
