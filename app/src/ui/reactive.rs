//! What follows signals, each by one kind of machinery: Leptos compiles its own for every closure anew, and that is
//! more octets than most of what the closures do.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::tachys::reactive_graph::SharedReactiveFunction;

/// A piece of a view that is drawn anew when a signal that it read has changed.
pub fn anew<V: IntoAny>(mut draw: impl FnMut() -> V + Send + 'static) -> AnyView {
    let draw: SharedReactiveFunction<AnyView> = Arc::new(Mutex::new(move || draw().into_any()));
    draw.into_any()
}

/// Runs now, and whenever a signal that it read has changed.
pub fn whenever(run: impl FnMut() + 'static) {
    fn erased(run: Box<dyn FnMut()>) {
        Effect::new(run);
    }
    erased(Box::new(run));
}

/// The same, with what the run before has left behind.
pub fn whenever_after<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
    let mut before = None;
    whenever(move || before = Some(run(before.take())));
}

/// A value that is found anew when a signal that it read has changed, and tells of it only where it is another one.
pub fn memo<T>(find: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    fn erased<T: PartialEq + Send + Sync + 'static>(find: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| find())
    }
    erased(Box::new(find))
}

/// A value that is found anew each time that it is asked for.
pub fn derived<T: Send + Sync + 'static>(find: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    fn erased<T: Send + Sync + 'static>(find: Box<dyn Fn() -> T + Send + Sync>) -> Signal<T> {
        Signal::derive(find)
    }
    erased(Box::new(find))
}
