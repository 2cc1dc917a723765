//! An element of plain values. Leptos compiles its machinery anew for every tag, attribute and nesting that a `view!`
//! names; of these there is one kind, and that is kilobytes less on a page of many small pieces.

use std::sync::{Arc, Mutex};

use leptos::html::custom;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::event::{self, EventDescriptor};
use leptos::tachys::html::property::prop;
use leptos::tachys::reactive_graph::SharedReactiveFunction;

/// On the way to a view.
#[must_use]
pub struct Element {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
}

impl Element {
    pub fn new(tag: &'static str) -> Self {
        let attributes = Vec::new();
        Self { tag, attributes }
    }

    fn and(mut self, attribute: AnyAttribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// An attribute that stays as it is; an empty one is left out.
    pub fn with(self, name: &'static str, value: &str) -> Self {
        let value = (!value.is_empty()).then(|| String::from(value));
        self.and(custom_attribute(name, value).into_any_attr())
    }

    /// An attribute that is found anew when a signal that it read has changed; left out where there is none.
    pub fn following(
        self,
        name: &'static str,
        find: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Self {
        let find: SharedReactiveFunction<Option<String>> = Arc::new(Mutex::new(find));
        self.and(custom_attribute(name, find).into_any_attr())
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
        self.and(event::on(event, heed).into_any_attr())
    }

    /// What is typed into a field.
    pub fn value(self, value: RwSignal<String>) -> Self {
        let typed = move |event| value.set(event_target_value(&event));
        self.and(prop("value", value).into_any_attr())
            .on(leptos::ev::input, typed)
    }

    pub fn around(self, inside: Vec<AnyView>) -> AnyView {
        let element = custom(self.tag).child(inside);
        element.add_any_attr(self.attributes).into_any()
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
