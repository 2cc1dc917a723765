//! An element of plain values. Leptos compiles its machinery anew for every tag, attribute and nesting that a `view!`
//! names; of these there is one kind, and that is kilobytes less on a page of many small pieces.

use std::sync::{Arc, Mutex};

use leptos::html::{Custom, HtmlElement, custom};
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::event::EventDescriptor;
use leptos::tachys::reactive_graph::SharedReactiveFunction;

/// On the way to a view.
pub struct Element(HtmlElement<Custom<&'static str>, Vec<AnyAttribute>, ()>);

impl Element {
    pub fn new(tag: &'static str) -> Self {
        Self(custom(tag).attr("class", None::<String>))
    }

    /// An attribute that stays as it is; an empty one is left out.
    pub fn with(self, name: &'static str, value: &str) -> Self {
        let value = (!value.is_empty()).then(|| String::from(value));
        Self(self.0.attr(name, value))
    }

    /// An attribute that is found anew when a signal that it read has changed; left out where there is none.
    pub fn following(
        self,
        name: &'static str,
        mut find: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Self {
        let find: SharedReactiveFunction<Option<String>> = Arc::new(Mutex::new(move || find()));
        Self(self.0.attr(name, find))
    }

    /// The same for one that is "true" or left out.
    pub fn true_where(self, name: &'static str, holds: impl Fn() -> bool + Send + 'static) -> Self {
        self.following(name, move || holds().then(|| String::from("true")))
    }

    pub fn on<E>(self, event: E, heed: impl FnMut(E::EventType) + 'static) -> Self
    where
        E: EventDescriptor + Send + 'static,
        E::EventType: From<wasm_bindgen::JsValue> + 'static,
    {
        let heed: Box<dyn FnMut(E::EventType)> = Box::new(heed);
        Self(self.0.on(event, heed))
    }

    /// What is typed into a field.
    pub fn value(self, value: RwSignal<String>) -> Self {
        let typed = move |event| value.set(event_target_value(&event));
        Self(self.0.prop("value", value)).on(leptos::ev::input, typed)
    }

    pub fn around(self, inside: Vec<AnyView>) -> AnyView {
        self.0.child(inside).into_any()
    }
}

/// With attributes that stay as they are; an empty one is left out.
pub fn element(tag: &'static str, attributes: &[(&'static str, &str)], inside: Vec<AnyView>) -> AnyView {
    let element = Element::new(tag);
    let with = |element: Element, (name, value): &(&'static str, &str)| element.with(name, value);
    attributes.iter().fold(element, with).around(inside)
}

/// Of a class, which may be empty.
pub fn classed(tag: &'static str, class: &str, inside: Vec<AnyView>) -> AnyView {
    element(tag, &[("class", class)], inside)
}

/// With nothing but text inside.
pub fn text(tag: &'static str, class: &str, text: impl Into<String>) -> AnyView {
    classed(tag, class, vec![text.into().into_any()])
}
