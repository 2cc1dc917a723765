//! What the text does for one user: each option in plain words, with a mark where it is not the default, and how it
//! will look.

use leptos::prelude::*;
use shared::api::OptionValues;

use super::desk::Desk;
use super::person::Person;
use super::preview::Preview;
use crate::i18n::{Language, Word, say, t, word};
use crate::words;

#[component]
pub fn Effect(desk: Desk) -> impl IntoView {
    let effect = Memo::new(move |_| {
        desk.check
            .with(|check| check.as_ref().and_then(|check| check.effect.clone()))
    });
    view! {
        <section class="card effect" aria-labelledby="effect-title" aria-busy=move || desk.is_checking.get().then_some("true")>
            <h2 id="effect-title">{t(word::options::EFFECT)}</h2>
            <Person desk />
            {move || match effect.get() {
                Some(effect) => {
                    view! {
                        <Values values=effect.values.clone() defaults=effect.defaults.clone() />
                        <Preview effect />
                    }
                        .into_any()
                }
                None => {
                    (!desk.is_checking.get())
                        .then(|| view! { <p class="muted">{t(word::options::NO_EFFECT)}</p> })
                        .into_any()
                }
            }}
        </section>
    }
}

/// What an option is called, its name in the script, and its value in words.
type Row = (Word, &'static str, fn(&OptionValues, Language) -> String);

const ROWS: [Row; 13] = [
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
            let word = if values.user_selects_certificates {
                word::options::YES
            } else {
                word::options::NO
            };
            word.text(language).to_owned()
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
    (word::options::NOTIFY, "notify", |values, language| {
        words::notify(values.notify).text(language).to_owned()
    }),
];

#[component]
fn Values(values: OptionValues, defaults: OptionValues) -> impl IntoView {
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
                {ROWS
                    .map(|(name, script_name, value)| {
                        let is_default = value(&values, Language::En) == value(&defaults, Language::En);
                        let values = values.clone();
                        let said = say(move |language| value(&values, language));
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
