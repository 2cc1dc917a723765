//! The phone page: one thing a screen. `device::setup` decides what is shown; here it is drawn, titled, and given
//! the focus. A change of language draws the screen anew: what is typed lives in the set-up.

mod ending;
pub mod frame;
mod mobile_id;
mod offer;
mod pairing;
mod start;
mod trouble;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::frame::{Frame, announce, page};
use crate::device::browser::register_worker;
use crate::device::screen::Screen;
use crate::device::setup::Setup;
use crate::device::stop::Trouble;
use crate::i18n::{Language, Word, provide_language, word};

#[derive(Clone, PartialEq)]
enum Shown {
    Screen(Screen),
    Trouble(Trouble),
}

#[component]
pub fn PhonePage() -> impl IntoView {
    provide_language();
    let setup = Setup::new();
    setup.open();
    // A second link, opened in the same tab, changes the fragment alone.
    let new_link = window_event_listener(leptos::ev::hashchange, move |_| setup.open());
    on_cleanup(move || new_link.remove());
    spawn_local(register_worker());

    let shown = Memo::new(move |_| match (setup.screen.get(), setup.trouble.get()) {
        (screen, Some(trouble)) if !screen.outlasts_trouble() => Shown::Trouble(trouble),
        (screen, _) => Shown::Screen(screen),
    });
    announce(move || shown.track());
    page(move |language| frame(setup, shown.get(), language).draw())
}

fn frame(setup: Setup, shown: Shown, language: Language) -> Frame {
    use word::phone as w;
    let waiting = |heading: Word| Frame::new(heading.text(language)).busy();
    let screen = match shown {
        Shown::Trouble(trouble) => return trouble::frame(setup, trouble, language),
        Shown::Screen(screen) => screen,
    };
    match screen {
        Screen::Checking => waiting(w::CHECKING),
        Screen::Start(mobile_ids) => start::frame(setup, mobile_ids, language),
        Screen::HomeScreen(offer) => offer::home_screen_frame(setup, offer, language),
        Screen::Offer(offer) => offer::frame(setup, &offer, language),
        Screen::Preparing => waiting(w::PREPARING_HEADING).say(w::PREPARING_TEXT.text(language)),
        Screen::Pairing(pairing) => pairing::frame(setup, &pairing, language),
        Screen::Installing => waiting(w::INSTALLING_HEADING).say(w::INSTALLING_TEXT.text(language)),
        Screen::Installed(installation) => ending::installed(setup, &installation, language),
        Screen::Cancelling => waiting(w::CANCELLING),
        Screen::Stopped(stop) => ending::stopped(setup, stop, language),
    }
}
