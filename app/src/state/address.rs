//! Where the portal is: the address bar as a signal. Four pages and one query need no router's machinery, which
//! would be a twelfth of all that the browser loads.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

use crate::browser;
use crate::flow::route::{Route, value_in};

#[derive(Clone, PartialEq)]
struct Here {
    path: String,
    query: String,
}

impl Here {
    fn read() -> Self {
        let (path, query) = browser::path_and_query();
        Self { path, query }
    }
}

#[derive(Clone, Copy)]
pub struct Address(RwSignal<Here>);

impl Address {
    pub fn route(self) -> Memo<Route> {
        Memo::new(move |_| self.0.with(|here| Route::of(&here.path)))
    }

    /// The value of `name` in the query.
    pub fn value(self, name: &'static str) -> Memo<Option<String>> {
        Memo::new(move |_| self.0.with(|here| value_in(&here.query, name)))
    }

    /// Path and query, as they are now.
    pub fn text(self) -> String {
        self.0
            .with_untracked(|here| format!("{}{}", here.path, here.query))
    }

    /// To another page of the portal; Back leads here again.
    pub fn go(self, url: &str) {
        if url != self.text() {
            browser::push_url(url);
            self.0.set(Here::read());
        }
    }

    /// The same, but Back does not lead here again.
    pub fn replace(self, url: &str) {
        browser::replace_url(url);
        self.0.set(Here::read());
    }

    /// A plain click on a link to one of our pages stays within the application.
    fn heed_click(self, event: &MouseEvent) {
        let is_plain = event.button() == 0
            && !event.default_prevented()
            && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let link = target
            .and_then(|target| {
                target
                    .closest("a[href]:not([target], [download], [href^='#'])")
                    .ok()
                    .flatten()
            })
            .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
        if let Some(link) = link
            && is_plain
            && link.origin() == browser::origin()
            && Route::of(&link.pathname()) != Route::Unknown
        {
            event.prevent_default();
            self.go(&(link.pathname() + &link.search()));
        }
    }
}

/// Call once, in the root of the portal: it listens for as long as the page is open.
pub fn provide_address() -> Address {
    let address = Address(RwSignal::new(Here::read()));
    provide_context(address);
    window_event_listener(ev::popstate, move |_| address.0.set(Here::read()));
    window_event_listener(ev::click, move |event| address.heed_click(&event));
    address
}

pub fn use_address() -> Address {
    use_context().unwrap_or_else(|| Address(RwSignal::new(Here::read())))
}
