//! What a code would set up, and the question whether to. On an iPhone or iPad the Home Screen comes first.

use leptos::prelude::*;
use shared::api::ActivationOffer;

use super::{heading, paragraph, use_setup};
use crate::device::browser::host;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Notice, Tone};

pub fn page(offer: ActivationOffer) -> impl IntoView {
    let setup = use_setup();
    let ActivationOffer {
        user, server_name, ..
    } = offer;
    let asked = user.clone();
    view! {
        <section class="stack">
            {heading(say(move |language| word::phone::offer_heading(language, &user)))}
            <p class="phone-lead">
                {say(move |language| word::phone::offer_asks(language, &host(), &server_name, &asked))}
            </p>
            {paragraph(word::phone::OFFER_WHAT)}
            <Notice tone=Tone::Calm>{paragraph(word::phone::OFFER_HEED)}</Notice>
            <div class="phone-actions">
                <Button label=t(word::phone::START) look=Look::Primary on_press=move |()| setup.start() />
                <Button label=t(word::phone::DECLINE) on_press=move |()| setup.decline() />
            </div>
        </section>
    }
}

pub fn home_screen_page(offer: ActivationOffer) -> impl IntoView {
    let setup = use_setup();
    view! {
        <section class="stack">
            {heading(t(word::phone::HOME_HEADING))}
            {paragraph(word::phone::HOME_WHY)}
            <ol class="phone-steps">
                <li>
                    {t(word::phone::HOME_SHARE)}
                    <svg class="phone-share" viewBox="0 0 20 24" aria-hidden="true">
                        <path d="M10 15V2M6 5.5l4-4l4 4M6 9H2.5v13h15V9H14" />
                    </svg>
                </li>
                <li>{t(word::phone::HOME_OPEN)}</li>
                <li>{t(word::phone::HOME_TYPE)}</li>
            </ol>
            <details class="phone-details">
                <summary>{t(word::phone::HOME_ANYWAY)}</summary>
                <div class="stack">
                    <Notice tone=Tone::Heed>{paragraph(word::phone::HOME_HEED)}</Notice>
                    <div class="phone-actions">
                        <Button
                            label=t(word::phone::HOME_ANYWAY_GO)
                            on_press=move |()| setup.stay_in_browser(offer.clone())
                        />
                    </div>
                </div>
            </details>
            <Button label=t(word::phone::DECLINE) look=Look::Quiet on_press=move |()| setup.decline() />
        </section>
    }
}
