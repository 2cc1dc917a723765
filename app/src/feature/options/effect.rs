//! What the text does for one user: each option in plain words, with a mark where it is not the default, and how it
//! will look.

use leptos::prelude::*;
use shared::api::{OptionValues, OptionsEffect, ScriptName};

use super::desk::Desk;
use super::person::Person;
use super::preview::Preview;
use super::reminders::Reminders;
use crate::i18n::{Language, Word, say, t, word};
use crate::ui::{anew, memo};
use crate::words;

#[component]
pub fn Effect(desk: Desk) -> impl IntoView {
    let effect = memo(move || {
        desk.check
            .with(|check| check.as_ref().and_then(|check| check.effect.clone()))
    });
    let reminders = memo(move || {
        desk.check
            .with(|check| check.as_ref().and_then(|check| check.reminders.clone()))
    });
    view! {
        <section class="card effect" aria-labelledby="effect-title" aria-busy=move || desk.is_checking.get().then_some("true")>
            <h2 id="effect-title">{t(word::options::EFFECT)}</h2>
            <Person desk />
            {anew(move || match desk.name {
                ScriptName::Options => effect.get().map(|effect| view! { <Options effect /> }).into_any(),
                ScriptName::ExpiringOptions => {
                    reminders.get().map(|effect| view! { <Reminders effect /> }).into_any()
                }
            })}
            {anew(move || {
                let is_without = effect.with(Option::is_none) && reminders.with(Option::is_none);
                (is_without && !desk.is_checking.get())
                    .then(|| view! { <p class="muted">{t(words::script_name(desk.name).no_effect)}</p> })
            })}
        </section>
    }
}

#[component]
fn Options(effect: OptionsEffect) -> impl IntoView {
    let rows = ROWS
        .map(|(name, script_name, value)| {
            values_row(name, script_name, &effect.values, &effect.defaults, value)
        })
        .into_iter()
        .collect();
    view! {
        <Values rows />
        <Preview effect />
    }
}

/// What an option is called, its name in the script, and its value in words.
type Row = (Word, &'static str, fn(&OptionValues, Language) -> String);

const ROWS: [Row; 15] = [
    (
        word::options::AUTHENTICATION,
        "certificates.authentication",
        |values, language| {
            words::certificate_choice(values.authentication)
                .text(language)
                .to_owned()
        },
    ),
    (
        word::options::SIGNATURE,
        "certificates.signature",
        |values, language| {
            words::certificate_choice(values.signature)
                .text(language)
                .to_owned()
        },
    ),
    (
        word::options::ENCRYPTION,
        "certificates.encryption",
        |values, language| {
            words::certificate_choice(values.encryption)
                .text(language)
                .to_owned()
        },
    ),
    (
        word::options::USER_SELECTS,
        "userSelectsCertificates",
        |values, language| {
            words::yes_or_no(values.user_selects_certificates)
                .text(language)
                .to_owned()
        },
    ),
    (word::options::QR_CODE, "showQRCode", |values, language| {
        let word = if values.show_qr_code {
            word::options::ON_SCREEN
        } else {
            word::options::BY_MAIL
        };
        word.text(language).to_owned()
    }),
    (
        word::options::WITHOUT_EMAIL,
        "showQRCodeWithoutEmail",
        |values, language| {
            words::yes_or_no(values.show_qr_code_without_email)
                .text(language)
                .to_owned()
        },
    ),
    (
        word::options::CODE_MINUTES,
        "activationCodeMinutes",
        |values, language| words::minutes(values.activation_code_minutes, language),
    ),
    (
        word::options::MAIL_MINUTES,
        "activationMailMinutes",
        |values, language| words::minutes(values.activation_mail_minutes, language),
    ),
    (word::fact::VALID_FOR, "yearsOfValidity", |values, language| {
        words::validity(&values.validity, language)
    }),
    (word::fact::USER_ID, "MobileIDOptionUserID", |values, _| {
        values.user_id.clone()
    }),
    (word::fact::SERVER, "MobileIDOptionServerName", |values, _| {
        values.server_name.clone()
    }),
    (word::fact::NAME, "MobileIDOptionProfileName", |values, _| {
        values.profile_name.clone()
    }),
    (
        word::options::RECOVER,
        "recoverEncryptionCertificates",
        |values, language| {
            words::recovery(values.recover_encryption_certificates)
                .text(language)
                .to_owned()
        },
    ),
    (
        word::options::RECOVERY_APPROVAL,
        "recoveryNeedsApproval",
        |values, language| {
            words::yes_or_no(values.recovery_needs_approval)
                .text(language)
                .to_owned()
        },
    ),
    (word::options::NOTIFY, "notify", |values, language| {
        words::notify(values.notify).text(language).to_owned()
    }),
];

/// A row of the table: what an option is called, its name in the script, its value, and whether that is the default.
pub struct ValuesRow {
    name: Word,
    script_name: &'static str,
    said: Signal<String>,
    is_default: bool,
}

pub fn values_row<T: Clone + Send + Sync + 'static>(
    name: Word,
    script_name: &'static str,
    values: &T,
    defaults: &T,
    value: fn(&T, Language) -> String,
) -> ValuesRow {
    let is_default = value(values, Language::En) == value(defaults, Language::En);
    let values = values.clone();
    ValuesRow {
        name,
        script_name,
        said: say(move |language| value(&values, language)),
        is_default,
    }
}

#[component]
pub fn Values(rows: Vec<ValuesRow>) -> impl IntoView {
    view! {
        <table class="values">
            <thead>
                <tr>
                    <th scope="col">{t(word::options::OPTION)}</th>
                    <th scope="col">{t(word::options::VALUE)}</th>
                    <th scope="col">{t(word::options::ORIGIN)}</th>
                </tr>
            </thead>
            <tbody>
                {rows
                    .into_iter()
                    .map(|ValuesRow { name, script_name, said, is_default }| {
                        let origin = if is_default { word::options::DEFAULT } else { word::options::CHANGED };
                        view! {
                            <tr data-origin=if is_default { "default" } else { "changed" }>
                                <th scope="row">
                                    {t(name)} <span class="mono small muted">{script_name}</span>
                                </th>
                                <td>{said}</td>
                                <td class="origin">{t(origin)}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}
