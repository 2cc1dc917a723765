//! Opened without a code: the mobile IDs on this phone, and a field for a code.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Installation;

use super::frame::{Frame, actions, details, notice};
use crate::browser;
use crate::device::browser::{hints, is_standalone};
use crate::device::description::is_apple_mobile;
use crate::device::enrollment::read_code;
use crate::device::setup::Setup;
use crate::i18n::{Language, Word, word};
use crate::ui::{Button, Field, FieldKind, Look, Mark, StateMark, Tone};
use crate::words;

const FIELD_ID: &str = "code";

pub fn frame(setup: Setup, mobile_ids: Vec<Installation>, language: Language) -> Frame {
    use word::phone as w;
    let frame = Frame::new(w::START_HEADING.text(language));
    let frame = if mobile_ids.is_empty() {
        frame
            .say(w::START_NONE.text(language))
            .say(w::START_HOW.text(language))
    } else {
        let cards: Vec<_> = mobile_ids
            .into_iter()
            .map(|mobile_id| card(mobile_id, language))
            .collect();
        frame.part(view! { <ul class="phone-list">{cards}</ul> }.into_any())
    };
    frame
        .part(home_screen_tip(language))
        .part(code_form(setup, language))
}

fn card(mobile_id: Installation, language: Language) -> AnyView {
    use word::phone as w;
    let end = browser::milliseconds(&mobile_id.valid_until);
    let date = words::date(&mobile_id.valid_until, language);
    let (mark, validity) = if end.is_some_and(|end| end < browser::now()) {
        (Mark::Clock, w::expired_on(language, &date))
    } else {
        (Mark::Tick, w::valid_until(language, &date))
    };
    let server = (w::SERVER.text(language), mobile_id.server_name);
    let user = (w::USER_ID.text(language), mobile_id.user_id);
    let certificates = mobile_id.certificates.into_iter().map(|certificate| {
        (
            words::purpose(certificate.purpose).text(language),
            certificate.serial,
        )
    });
    let certificates = facts("phone-facts phone-serials", certificates.collect());
    view! {
        <li class="phone-card">
            <h2>{mobile_id.profile_name}</h2>
            <StateMark mark label=validity />
            {facts("phone-facts", vec![server, user])}
            {details(w::CERTIFICATES.text(language).to_owned(), certificates)}
        </li>
    }
    .into_any()
}

fn facts(class: &'static str, facts: Vec<(&'static str, String)>) -> AnyView {
    let facts: Vec<_> = facts
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect();
    view! { <dl class=class>{facts}</dl> }.into_any()
}

fn code_form(setup: Setup, language: Language) -> AnyView {
    use word::phone as w;
    let fault = RwSignal::new(None::<Word>);
    let error = Signal::derive(move || fault.get().map(|fault| fault.text(language).to_owned()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = setup.typed.get_untracked();
        let found = match (typed.trim().is_empty(), read_code(&typed)) {
            (true, _) => Some(w::CODE_MISSING),
            (false, Err(_)) => Some(w::CODE_MALFORMED),
            (false, Ok(_)) => None,
        };
        fault.set(found);
        if found.is_some() {
            browser::focus(FIELD_ID);
        } else {
            setup.use_code(typed.trim());
        }
    };
    let submit_button =
        view! { <Button label=w::CODE_GO.text(language).to_owned() look=Look::Primary submit=true /> };
    view! {
        <form class="stack phone-form" novalidate on:submit=submit>
            <h2>{w::CODE_HEADING.text(language)}</h2>
            <Field
                id=FIELD_ID
                label=w::CODE_LABEL.text(language).to_owned()
                value=setup.typed
                kind=FieldKind::Code
                autocomplete="off"
                hint=Signal::stored(w::CODE_HINT.text(language).to_owned())
                error
            />
            {actions(vec![submit_button.into_any()])}
        </form>
    }
    .into_any()
}

/// On an iPhone or iPad, in the browser.
fn home_screen_tip(language: Language) -> AnyView {
    let is_wanted = RwSignal::new(false);
    spawn_local(async move {
        let wanted = is_apple_mobile(&hints().await) && !is_standalone();
        is_wanted.try_set(wanted);
    });
    let text = word::phone::HOME_TIP.text(language);
    let draw = move || is_wanted.get().then(|| notice(Tone::Calm, vec![text.to_owned()]));
    draw.into_any()
}
