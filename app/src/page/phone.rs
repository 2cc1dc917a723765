//! The phone page: one thing a screen. `device::setup` decides what is shown; here it is drawn, titled, and given
//! the focus.

mod installed;
mod offer;
mod pairing;
mod start;
mod stopped;
mod trouble;
mod waiting;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::device::browser::{host, register_worker};
use crate::device::screen::Screen;
use crate::device::setup::Setup;
use crate::device::stop::Trouble;
use crate::feature::LanguageMenu;
use crate::i18n::{Word, provide_language, t, word};
use crate::ui::{LiveRegion, provide_announcer};

const HEADING_ID: &str = "heading";

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
    provide_context(setup);
    setup.open();
    // A second link, opened in the same tab, changes the fragment alone.
    let new_link = window_event_listener(leptos::ev::hashchange, move |_| setup.open());
    on_cleanup(move || new_link.remove());
    spawn_local(register_worker());

    let shown = Memo::new(move |_| match (setup.screen.get(), setup.trouble.get()) {
        (screen, Some(trouble)) if !screen.outlasts_trouble() => Shown::Trouble(trouble),
        (screen, _) => Shown::Screen(screen),
    });
    Effect::new(move || {
        shown.track();
        language.track();
        request_animation_frame(present);
    });
    view! {
        <LiveRegion announcer />
        <header class="phone-bar">
            <span class="brand">{t(word::product::NAME)}</span>
            <LanguageMenu />
            {browser::is_demo().then(|| view! { <p class="demo-note">{t(word::product::DEMO)}</p> })}
        </header>
        <main class="phone">{move || draw(shown.get())}</main>
        <footer class="phone-foot muted small">{host()}</footer>
    }
}

fn draw(shown: Shown) -> AnyView {
    match shown {
        Shown::Trouble(trouble) => trouble::page(trouble).into_any(),
        Shown::Screen(screen) => match screen {
            Screen::Checking => waiting::page(word::phone::CHECKING, None).into_any(),
            Screen::Start(mobile_ids) => start::page(mobile_ids).into_any(),
            Screen::HomeScreen(offer) => offer::home_screen_page(offer).into_any(),
            Screen::Offer(offer) => offer::page(offer).into_any(),
            Screen::Preparing => {
                waiting::page(word::phone::PREPARING_HEADING, Some(word::phone::PREPARING_TEXT)).into_any()
            }
            Screen::Pairing(pairing) => pairing::page(pairing).into_any(),
            Screen::Installing => waiting::page(
                word::phone::INSTALLING_HEADING,
                Some(word::phone::INSTALLING_TEXT),
            )
            .into_any(),
            Screen::Installed(installation) => installed::page(installation).into_any(),
            Screen::Cancelling => waiting::page(word::phone::CANCELLING, None).into_any(),
            Screen::Stopped(stop) => stopped::page(stop).into_any(),
        },
    }
}

/// The one heading of a screen: it takes the focus, so that a screen reader begins there.
fn heading(text: Signal<String>) -> impl IntoView {
    view! { <h1 id=HEADING_ID tabindex="-1">{text}</h1> }
}

fn paragraph(sentence: Word) -> impl IntoView {
    view! { <p>{t(sentence)}</p> }
}

/// Title and focus of what has just been drawn.
fn present() {
    let Some(heading) = document().get_element_by_id(HEADING_ID) else {
        return;
    };
    let name = word::product::NAME.text(crate::i18n::Language::default());
    browser::set_title(&format!(
        "{} · {name}",
        heading.text_content().unwrap_or_default()
    ));
    browser::focus(HEADING_ID);
}

fn use_setup() -> Setup {
    use_context().unwrap_or_default()
}
