//! Opened without a code: the mobile IDs on this phone, and a field for a code.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::frame::{Frame, actions, notice};
use super::mobile_id;
use crate::browser;
use crate::device::browser::{hints, is_standalone};
use crate::device::database::Kept;
use crate::device::description::is_apple_mobile;
use crate::device::enrollment::read_code;
use crate::device::setup::Setup;
use crate::i18n::{Language, Word, word};
use crate::ui::{Button, Element, Field, FieldKind, Look, Tone, anew, classed, derived, text};

const FIELD_ID: &str = "code";

pub fn frame(setup: Setup, mobile_ids: Vec<Kept>, language: Language) -> Frame {
    use word::phone as w;
    let frame = Frame::new(w::START_HEADING.text(language));
    let frame = if mobile_ids.is_empty() {
        frame
            .say(w::START_NONE.text(language))
            .say(w::START_HOW.text(language))
    } else {
        let cards: Vec<_> = mobile_ids
            .into_iter()
            .map(|kept| mobile_id::card(setup, kept, language))
            .collect();
        frame.part(classed("ul", "phone-list", cards))
    };
    frame
        .part(home_screen_tip(language))
        .part(code_form(setup, language))
}

fn code_form(setup: Setup, language: Language) -> AnyView {
    use word::phone as w;
    let fault = RwSignal::new(None::<Word>);
    let error = derived(move || fault.get().map(|fault| fault.text(language).to_owned()));
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
    let field = view! {
        <Field
            id=FIELD_ID
            label=w::CODE_LABEL.text(language).to_owned()
            value=setup.typed
            kind=FieldKind::Code
            autocomplete="off"
            hint=Signal::stored(w::CODE_HINT.text(language).to_owned())
            error
        />
    };
    let parts = vec![
        text("h2", "", w::CODE_HEADING.text(language)),
        field.into_any(),
        actions(vec![submit_button.into_any()]),
    ];
    Element::new("form")
        .with("class", "stack phone-form")
        .with("novalidate", "true")
        .on(leptos::ev::submit, submit)
        .around(parts)
}

/// On an iPhone or iPad, in the browser.
fn home_screen_tip(language: Language) -> AnyView {
    let is_wanted = RwSignal::new(false);
    spawn_local(async move {
        let wanted = is_apple_mobile(&hints().await) && !is_standalone();
        is_wanted.try_set(wanted);
    });
    let text = word::phone::HOME_TIP.text(language);
    anew(move || is_wanted.get().then(|| notice(Tone::Calm, vec![text.to_owned()])))
}
