//! The phone page: one thing a screen. `device::setup` decides what is shown; here it is drawn, titled, and given
//! the focus. A change of language draws the screen anew: what is typed lives in the set-up.

mod ending;
mod frame;
mod mobile_id;
mod offer;
mod pairing;
mod start;
mod trouble;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::frame::{Frame, HEADING_ID};
use crate::browser;
use crate::device::browser::{host, register_worker};
use crate::device::screen::Screen;
use crate::device::setup::Setup;
use crate::device::stop::Trouble;
use crate::feature::LanguageMenu;
use crate::i18n::{Language, Word, provide_language, word};
use crate::ui::{LiveRegion, provide_announcer};

#[derive(Clone, PartialEq)]
enum Shown {
    Screen(Screen),
    Trouble(Trouble),
}

#[component]
pub fn PhonePage() -> impl IntoView {
    let language = provide_language();
    let announcer = provide_announcer();
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
    Effect::new(move |_| {
        shown.track();
        request_animation_frame(|| {
            set_title();
            browser::focus(HEADING_ID);
        });
    });
    Effect::new(move |_| {
        language.track();
        request_animation_frame(set_title);
    });
    let demo_note = move || {
        let text = word::product::DEMO.text(language.get());
        browser::is_demo().then(|| view! { <p class="demo-note">{text}</p> })
    };
    view! {
        <LiveRegion announcer />
        <header class="phone-bar">
            <span class="brand">{word::product::NAME.text(Language::En)}</span>
            <LanguageMenu />
            {demo_note}
        </header>
        <main class="phone">{move || frame(setup, shown.get(), language.get()).draw()}</main>
        <footer class="phone-foot muted small">{host()}</footer>
    }
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

/// From the heading that has just been drawn.
fn set_title() {
    if let Some(heading) = document().get_element_by_id(HEADING_ID) {
        let name = word::product::NAME.text(Language::En);
        browser::set_title(&format!(
            "{} · {name}",
            heading.text_content().unwrap_or_default()
        ));
    }
}
