//! A call has to be tried again: as a page where there is nothing else to show, as a notice where there is.

use leptos::prelude::*;

use super::frame::{Frame, button, notice_of, paragraph};
use crate::device::browser::{host, wake};
use crate::device::setup::Setup;
use crate::device::stop::Trouble;
use crate::i18n::{Language, word};
use crate::ui::{Look, Mark, Tone, anew};

pub fn frame(setup: Setup, trouble: Trouble, language: Language) -> Frame {
    let (heading, text) = sentences(trouble, language);
    let frame = Frame::new(heading).sign("heed", Mark::Heed).say(text).action(
        Look::Primary,
        word::phone::TRY_NOW.text(language),
        wake,
    );
    if setup.can_leave() {
        frame.action(Look::Plain, word::phone::TO_START.text(language), move || {
            setup.leave();
        })
    } else {
        frame
    }
}

/// Empty while all is well.
pub fn notice(setup: Setup, language: Language) -> AnyView {
    anew(move || {
        setup.trouble.get().map(|trouble| {
            let (heading, text) = sentences(trouble, language);
            let label = word::phone::TRY_NOW.text(language).to_owned();
            let parts = vec![
                paragraph("phone-strong", heading.to_owned()),
                paragraph("", text),
                button(Look::Plain, label, Callback::new(|()| wake())),
            ];
            notice_of(Tone::Heed, true, parts)
        })
    })
}

/// Heading and text.
fn sentences(trouble: Trouble, language: Language) -> (&'static str, String) {
    use word::phone as w;
    let (heading, text) = match trouble {
        Trouble::Network => (w::NETWORK_HEADING, w::network_text(language, &host())),
        Trouble::Server => (w::SERVER_HEADING, w::server_text(language, &host())),
        Trouble::Busy => (w::BUSY_HEADING, w::BUSY_TEXT.text(language).to_owned()),
    };
    (heading.text(language), text)
}
