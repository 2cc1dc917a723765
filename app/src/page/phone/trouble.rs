//! A call has to be tried again: as a page where there is nothing else to show, as a notice where there is.

use leptos::prelude::*;

use super::{heading, use_setup};
use crate::device::browser::{host, wake};
use crate::device::setup::Setup;
use crate::device::stop::Trouble;
use crate::i18n::{Language, Word, say, t, word};
use crate::ui::{Button, Look, Mark, MarkShape, Notice, Ring, Tone};

const fn title(trouble: Trouble) -> Word {
    match trouble {
        Trouble::Network => word::phone::NETWORK_HEADING,
        Trouble::Server => word::phone::SERVER_HEADING,
        Trouble::Busy => word::phone::BUSY_HEADING,
    }
}

fn text(trouble: Trouble, language: Language) -> String {
    match trouble {
        Trouble::Network => word::phone::network_text(language, &host()),
        Trouble::Server => word::phone::server_text(language, &host()),
        Trouble::Busy => word::phone::BUSY_TEXT.text(language).to_owned(),
    }
}

pub fn page(trouble: Trouble) -> impl IntoView {
    let setup = use_setup();
    view! {
        <section class="stack">
            <div class="phone-sign" data-tone="heed"><MarkShape mark=Mark::Heed /></div>
            {heading(t(title(trouble)))}
            <p>{say(move |language| text(trouble, language))}</p>
            <Ring label=t(word::phone::CHECKING) />
            <div class="phone-actions">
                <Button label=t(word::phone::TRY_NOW) look=Look::Primary on_press=move |()| wake() />
                {setup.can_leave().then(|| view! {
                    <Button label=t(word::phone::TO_START) on_press=move |()| setup.leave() />
                })}
            </div>
        </section>
    }
}

/// Empty while all is well.
pub fn notice(setup: Setup) -> impl IntoView {
    move || {
        setup.trouble.get().map(|trouble| {
            view! {
                <Notice tone=Tone::Heed alert=true>
                    <strong>{t(title(trouble))}</strong>
                    <p>{say(move |language| text(trouble, language))}</p>
                    <Button label=t(word::phone::TRY_NOW) on_press=move |()| wake() />
                </Notice>
            }
        })
    }
}
