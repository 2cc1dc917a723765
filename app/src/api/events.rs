//! The live view of a process: server-sent events. The browser reconnects by itself after a lost network; where it
//! gives up (the server answered with an error), the listener is told and decides.

use shared::api::ProcessView;
use shared::url::api;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

use super::json;

/// What a listener hears.
pub enum Heard {
    Process(Box<ProcessView>),
    Connected,
    /// The connection is lost; the browser tries again.
    Lost,
    /// The browser has given up: ask by a plain call what is wrong, then open anew.
    Closed,
}

/// An open stream; dropping it closes it.
pub struct Stream {
    source: EventSource,
    _on_process: Closure<dyn FnMut(MessageEvent)>,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
        self.source.set_onopen(None);
        self.source.set_onerror(None);
    }
}

/// `None` where the browser has no event source.
pub fn listen(id: Uuid, hear: impl Fn(Heard) + Clone + 'static) -> Option<Stream> {
    let source = EventSource::new(&api::process_events(id)).ok()?;
    let on_process = Closure::<dyn FnMut(MessageEvent)>::new({
        let hear = hear.clone();
        move |event: MessageEvent| {
            let view = event.data().as_string().and_then(|data| json::read(&data));
            if let Some(view) = view {
                hear(Heard::Process(Box::new(view)));
            }
        }
    });
    let on_open = Closure::<dyn FnMut(Event)>::new({
        let hear = hear.clone();
        move |_: Event| hear(Heard::Connected)
    });
    let on_error = Closure::<dyn FnMut(Event)>::new({
        let source = source.clone();
        move |_: Event| {
            hear(if source.ready_state() == EventSource::CLOSED {
                Heard::Closed
            } else {
                Heard::Lost
            });
        }
    });
    source
        .add_event_listener_with_callback("process", on_process.as_ref().unchecked_ref())
        .ok()?;
    source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    Some(Stream {
        source,
        _on_process: on_process,
        _on_open: on_open,
        _on_error: on_error,
    })
}
