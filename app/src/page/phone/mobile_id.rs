//! One of the mobile IDs on this phone: how it stands, what to do, its test, and how to remove it. What the server
//! says arrives while it is shown.

use leptos::prelude::*;
use shared::api::{CheckResult, Installation, LockReason, MobileIdTest, TestState};
use shared::protocol::{certificate, decode};
use shared::url::page;
use uuid::Uuid;

use super::frame::{button, details, paragraph};
use crate::browser;
use crate::device::database::Kept;
use crate::device::enrollment::encryption;
use crate::device::setup::Setup;
use crate::device::standing::{Contact, Shape, Standing, Trial};
use crate::i18n::{Language, Word, word};
use crate::ui::{Look, Mark, Notice, Ring, StateMark, Tone};
use crate::words;

pub fn card(setup: Setup, kept: Kept, language: Language) -> AnyView {
    use word::phone as w;
    let installation = kept.installation.clone();
    let id = installation.mobile_id;
    let end = browser::milliseconds(&installation.valid_until);
    let is_over = end.is_some_and(|end| end < browser::now());
    let shape = Memo::new(move |_| setup.standing(id).shape(is_over));
    let expiry = words::date(&installation.valid_until, language);
    let draw_state = move || state(&setup.standing(id), shape.get(), &expiry, language);
    let can_test = kept.device_token.is_some();
    let draw_actions = move || {
        if shape.get().is_over() {
            Some(removal(setup, id, language))
        } else {
            let kept = kept.clone();
            (can_test && shape.get() == Shape::Active).then(|| test_button(setup, kept, language))
        }
    };
    let opening = opening(&installation, language);
    let server = (w::SERVER.text(language), installation.server_name);
    let user = (w::USER_ID.text(language), installation.user_id);
    let new = installation.certificates.into_iter();
    let new = new.map(|certificate| (words::purpose(certificate.purpose), certificate.serial));
    let recovered = installation.recovered.into_iter();
    let recovered = recovered.map(|certificate| (w::RECOVERED, certificate.serial));
    let certificates = new
        .chain(recovered)
        .map(|(name, serial)| (name.text(language), serial));
    let certificates = facts("phone-facts phone-serials", certificates.collect());
    view! {
        <li class="phone-card">
            <h2>{installation.profile_name}</h2>
            <div class="stack phone-standing" role="status">
                {draw_state}
            </div>
            {facts("phone-facts", vec![server, user])}
            {opening}
            {details(w::CERTIFICATES.text(language).to_owned(), certificates)}
            {draw_actions}
            <div role="status">{move || trial(&setup.standing(id).trial, language)}</div>
        </li>
    }
    .into_any()
}

/// What was encrypted to its owner opens here, whatever became of the mobile ID.
fn opening(installation: &Installation, language: Language) -> Option<AnyView> {
    use word::phone as w;
    let years: Vec<_> = encryption(installation)
        .filter_map(|certificate| certificate::first_year(&decode(&certificate.certificate)?).ok())
        .collect();
    let since = years.iter().min()?.to_string();
    let text = match years.len() {
        1 => w::opens_since(language, &since),
        count => w::opens_since_many(language, &count.to_string(), &since),
    };
    let link = view! {
        <p>{text}</p>
        <a class="button" href=page::PHONE_OPEN>{w::OPEN_FILE.text(language)}</a>
    };
    Some(link.into_any())
}

/// The state, what it means, and what to do.
fn state(standing: &Standing, shape: Shape, expiry: &str, language: Language) -> AnyView {
    use word::phone as w;
    let told = standing.told.as_ref();
    let since = told.map_or_else(String::new, |told| words::date(&told.state_since, language));
    let (mark, label, text) = match shape {
        Shape::Active => (Mark::Tick, w::valid_until(language, expiry), None),
        Shape::Paused => (
            Mark::Bars,
            w::paused_since(language, &since),
            Some(w::PAUSED_TEXT),
        ),
        Shape::Locked => {
            let reason = told.and_then(|told| told.lock_reason);
            let reason = words::lock_reason(reason.unwrap_or(LockReason::NoLongerNeeded));
            (
                Mark::Lock,
                w::locked_since(language, &since, reason.text(language)),
                Some(w::ENDED_TEXT),
            )
        }
        Shape::Expired => (Mark::Clock, w::expired_on(language, expiry), Some(w::ENDED_TEXT)),
        Shape::Gone => (Mark::Heed, w::GONE.text(language).to_owned(), Some(w::GONE_TEXT)),
    };
    let locks_at = told
        .filter(|_| shape == Shape::Paused)
        .and_then(|told| told.locks_at.as_ref())
        .map(|at| w::locks_at(language, &words::date(at, language)));
    let lost = (standing.contact == Contact::Lost).then_some(w::LAST_KNOWN);
    let texts: Vec<_> = text
        .into_iter()
        .map(|text| text.text(language).to_owned())
        .chain(locks_at)
        .map(|text| paragraph("", text))
        .chain(lost.map(|text| paragraph("muted small", text.text(language).to_owned())))
        .collect();
    view! {
        <StateMark mark label />
        {texts}
    }
    .into_any()
}

fn test_button(setup: Setup, kept: Kept, language: Language) -> AnyView {
    let label = word::test::DO.text(language).to_owned();
    button(Look::Plain, label, Callback::new(move |()| setup.test(&kept)))
}

fn trial(trial: &Trial, language: Language) -> Option<AnyView> {
    use word::phone as w;
    let (tone, texts) = match trial {
        Trial::None => return None,
        Trial::Running => {
            return Some(view! { <Ring label=w::TESTING.text(language).to_owned() /> }.into_any());
        }
        Trial::Ended(test) => (tone(test), found(test, language)),
        Trial::Failed => (Tone::Heed, vec![w::TEST_FAILED.text(language).to_owned()]),
        Trial::KeysLost => (
            Tone::Bad,
            vec![word::phone_stop::KEYS_LOST.text(language).to_owned()],
        ),
    };
    let texts: Vec<_> = texts.into_iter().map(|text| paragraph("", text)).collect();
    Some(view! { <Notice tone>{texts}</Notice> }.into_any())
}

fn tone(test: &MobileIdTest) -> Tone {
    if test.state == TestState::Passed {
        Tone::Good
    } else {
        Tone::Bad
    }
}

/// The sentence, and what was not good, each reason once.
fn found(test: &MobileIdTest, language: Language) -> Vec<String> {
    let mut texts = vec![words::tested(test, language)];
    for check in &test.checks {
        let result = words::check_result(check.result).text(language).to_owned();
        if check.result != CheckResult::Good && !texts.contains(&result) {
            texts.push(result);
        }
    }
    texts
}

/// Asks first: the keys do not come back.
fn removal(setup: Setup, id: Uuid, language: Language) -> AnyView {
    use word::phone as w;
    let asks = RwSignal::new(false);
    let press = move |look, label: Word, act: fn(Setup, Uuid, RwSignal<bool>)| {
        let on_press = Callback::new(move |()| act(setup, id, asks));
        button(look, label.text(language).to_owned(), on_press)
    };
    let draw = move || {
        if asks.get() {
            let buttons = vec![
                press(Look::Primary, w::REMOVE_DO, |setup, id, _| setup.remove(id)),
                press(Look::Plain, w::KEEP, |_, _, asks| asks.set(false)),
            ];
            view! {
                <Notice tone=Tone::Heed alert=true>
                    <p>{w::REMOVE_ASK.text(language)}</p>
                    <div class="row">{buttons}</div>
                </Notice>
            }
            .into_any()
        } else {
            press(Look::Plain, w::REMOVE, |_, _, asks| asks.set(true))
        }
    };
    draw.into_any()
}

fn facts(class: &'static str, facts: Vec<(&'static str, String)>) -> AnyView {
    let facts: Vec<_> = facts
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect();
    view! { <dl class=class>{facts}</dl> }.into_any()
}
