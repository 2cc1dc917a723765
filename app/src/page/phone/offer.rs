//! What a code would set up, and the question whether to. On an iPhone or iPad the Home Screen comes first.

use leptos::prelude::*;
use shared::api::ActivationOffer;

use super::frame::{Frame, actions, button, details, notice};
use crate::device::browser::host;
use crate::device::setup::Setup;
use crate::i18n::{Language, word};
use crate::ui::{Look, Tone, classed, text};

pub fn frame(setup: Setup, offer: &ActivationOffer, language: Language) -> Frame {
    use word::phone as w;
    let ActivationOffer {
        user, server_name, ..
    } = offer;
    Frame::new(w::offer_heading(language, user))
        .say_as("phone-lead", w::offer_asks(language, &host(), server_name, user))
        .say(w::OFFER_WHAT.text(language))
        .notice(Tone::Calm, vec![w::OFFER_HEED.text(language).to_owned()])
        .action(Look::Primary, w::START.text(language), move || setup.start())
        .action(Look::Plain, w::DECLINE.text(language), move || setup.decline())
}

pub fn home_screen_frame(setup: Setup, offer: ActivationOffer, language: Language) -> Frame {
    use word::phone as w;
    let share = view! {
        <svg class="phone-share" viewBox="0 0 20 24" aria-hidden="true">
            <path d="M10 15V2M6 5.5l4-4l4 4M6 9H2.5v13h15V9H14" />
        </svg>
    };
    let share = vec![
        w::HOME_SHARE.text(language).to_owned().into_any(),
        share.into_any(),
    ];
    let steps = vec![
        classed("li", "", share),
        text("li", "", w::HOME_OPEN.text(language)),
        text("li", "", w::HOME_TYPE.text(language)),
    ];
    let stay = Callback::new(move |()| setup.stay_in_browser(offer.clone()));
    let anyway = vec![
        notice(Tone::Heed, vec![w::HOME_HEED.text(language).to_owned()]),
        actions(vec![button(
            Look::Plain,
            w::HOME_ANYWAY_GO.text(language).to_owned(),
            stay,
        )]),
    ];
    Frame::new(w::HOME_HEADING.text(language))
        .say(w::HOME_WHY.text(language))
        .part(classed("ol", "phone-steps", steps))
        .part(details(
            w::HOME_ANYWAY.text(language).to_owned(),
            anyway.into_any(),
        ))
        .action(Look::Quiet, w::DECLINE.text(language), move || setup.decline())
}
