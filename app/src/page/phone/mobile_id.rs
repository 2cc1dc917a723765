//! One of the mobile IDs on this phone: how it stands, what to do, its test, and how to remove it. What the server
//! says arrives while it is shown.

use leptos::prelude::*;
use shared::api::{CheckResult, Installation, LockReason, MobileIdTest, TestState};
use shared::protocol::{certificate, decode};
use shared::url::page;
use uuid::Uuid;

use super::frame::{button, details, notice_of, paragraph};
use crate::browser;
use crate::device::database::Kept;
use crate::device::enrollment::encryption;
use crate::device::setup::Setup;
use crate::device::standing::{Contact, Shape, Standing, Trial};
use crate::i18n::{Language, Word, word};
use crate::ui::{Look, Mark, Ring, StateMark, Tone, anew, classed, element, memo, text};
use crate::words;

pub fn card(setup: Setup, kept: Kept, language: Language) -> AnyView {
    use word::phone as w;
    let installation = kept.installation.clone();
    let id = installation.mobile_id;
    let end = browser::milliseconds(&installation.valid_until);
    let is_over = end.is_some_and(|end| end < browser::now());
    let shape = memo(move || setup.standing(id).shape(is_over));
    let expiry = words::date(&installation.valid_until, language);
    let draw_state = anew(move || state(&setup.standing(id), shape.get(), &expiry, language));
    let can_test = kept.device_token.is_some();
    let draw_actions = anew(move || {
        if shape.get().is_over() {
            Some(removal(setup, id, language))
        } else {
            let kept = kept.clone();
            (can_test && shape.get() == Shape::Active).then(|| test_button(setup, kept, language))
        }
    });
    let draw_trial = anew(move || trial(&setup.standing(id).trial, language));
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
    let mut parts = vec![
        text("h2", "", installation.profile_name),
        status("stack phone-standing", draw_state),
        facts("phone-facts", vec![server, user]),
    ];
    parts.extend(opening);
    parts.push(details(w::CERTIFICATES.text(language).to_owned(), certificates));
    parts.push(draw_actions);
    parts.push(status("", draw_trial));
    classed("li", "phone-card", parts)
}

/// What is read out when it changes.
fn status(class: &str, inside: AnyView) -> AnyView {
    element("div", &[("class", class), ("role", "status")], vec![inside])
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
    let link = element(
        "a",
        &[("class", "button"), ("href", page::PHONE_OPEN)],
        vec![w::OPEN_FILE.text(language).to_owned().into_any()],
    );
    Some(vec![paragraph("", text), link].into_any())
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
    let mut parts = vec![view! { <StateMark mark label /> }.into_any()];
    let text = text.map(|text| text.text(language).to_owned());
    parts.extend(text.into_iter().chain(locks_at).map(|text| paragraph("", text)));
    parts.extend(lost.map(|text| paragraph("muted small", text.text(language).to_owned())));
    parts.into_any()
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
    Some(notice_of(tone, false, texts))
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
    anew(move || {
        if asks.get() {
            let buttons = vec![
                press(Look::Primary, w::REMOVE_DO, |setup, id, _| setup.remove(id)),
                press(Look::Plain, w::KEEP, |_, _, asks| asks.set(false)),
            ];
            let parts = vec![
                paragraph("", w::REMOVE_ASK.text(language).to_owned()),
                classed("div", "row", buttons),
            ];
            notice_of(Tone::Heed, true, parts)
        } else {
            press(Look::Plain, w::REMOVE, |_, _, asks| asks.set(true))
        }
    })
}

fn facts(class: &'static str, facts: Vec<(&'static str, String)>) -> AnyView {
    let mut parts = Vec::new();
    for (name, value) in facts {
        parts.push(text("dt", "", name));
        parts.push(text("dd", "", value));
    }
    classed("dl", class, parts)
}
