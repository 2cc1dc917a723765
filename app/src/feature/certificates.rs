//! The certificates of a mobile ID as a table; on a narrow screen each row becomes a block.

use leptos::prelude::*;
use shared::api::{Certificate, CertificateState, Timestamp};
use shared::url::api;

use crate::i18n::{Word, say, t, word};
use crate::ui::{Mark, StateMark};
use crate::words;

const COLUMNS: [Word; 6] = [
    word::mobile_id::USAGE,
    word::mobile_id::SERIAL,
    word::mobile_id::VALIDITY,
    word::mobile_id::IN_CA,
    word::mobile_id::IN_IDENTITY_MANAGER,
    word::mobile_id::DOWNLOAD,
];

#[component]
pub fn Certificates(
    certificates: Vec<Certificate>,
    /// The id of its headline.
    labelled_by: &'static str,
) -> impl IntoView {
    // The roles are said because the narrow layout takes the table's display away, and with it its meaning.
    view! {
        <table class="certificates" role="table" aria-labelledby=labelled_by>
            <thead role="rowgroup">
                <tr role="row">
                    {COLUMNS.map(|name| view! { <th role="columnheader" scope="col">{t(name)}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody role="rowgroup">
                {certificates.into_iter().map(|certificate| view! { <Row certificate /> }).collect_view()}
            </tbody>
        </table>
    }
}

/// From when to when.
pub fn validity(not_before: &Timestamp, not_after: &Timestamp) -> Signal<String> {
    let (from, until) = (not_before.clone(), not_after.clone());
    say(move |language| {
        format!(
            "{} – {}",
            words::short_date(&from, language),
            words::short_date(&until, language)
        )
    })
}

/// Certificates in brief, a line and what belongs to it each.
pub fn lines(rows: Vec<(Signal<String>, Signal<String>)>) -> AnyView {
    // Where it scrolls, the keyboard scrolls it.
    let rows = rows.into_iter().map(|(line, details)| {
        view! {
            <li>
                {line} <p class="muted small">{details}</p>
            </li>
        }
    });
    view! { <ul class="lines" tabindex="0">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn Row(certificate: Certificate) -> impl IntoView {
    let Certificate {
        serial,
        purpose,
        not_before,
        not_after,
        ..
    } = certificate;
    let usage = words::purpose(purpose);
    let validity = validity(&not_before, &not_after);
    let download = {
        let serial = serial.clone();
        move |form: &'static str| view! { <Download serial=serial.clone() usage form /> }
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{t(usage)}</th>
            <td role="cell" data-name=t(word::mobile_id::SERIAL)>
                <span class="mono serial">{serial}</span>
            </td>
            <td role="cell" data-name=t(word::mobile_id::VALIDITY)>{validity}</td>
            <td role="cell" data-name=t(word::mobile_id::IN_CA)>
                <CertificateMark state=certificate.state_in_ca />
            </td>
            <td role="cell" data-name=t(word::mobile_id::IN_IDENTITY_MANAGER)>
                <CertificateMark state=certificate.state_in_identity_manager />
            </td>
            <td role="cell" data-name=t(word::mobile_id::DOWNLOAD)>
                <span class="downloads">{download("pem")} {download("der")}</span>
            </td>
        </tr>
    }
}

#[component]
fn CertificateMark(state: CertificateState) -> impl IntoView {
    let mark = match state {
        CertificateState::Issued => Mark::Waiting,
        CertificateState::Valid => Mark::Tick,
        CertificateState::OnHold => Mark::Bars,
        CertificateState::Revoked => Mark::Lock,
        CertificateState::Expired => Mark::Clock,
    };
    view! { <StateMark mark label=t(words::certificate_state(state)) /> }
}

#[component]
fn Download(serial: String, usage: Word, form: &'static str) -> impl IntoView {
    let form_name = form.to_uppercase();
    let name = {
        let form_name = form_name.clone();
        say(move |language| word::mobile_id::download_as(language, &form_name, usage.text(language)))
    };
    view! {
        <a class="download" href=api::certificate(&serial, form) download=format!("{serial}.{form}") aria-label=name>
            {form_name}
        </a>
    }
}
