//! A labelled text field with hint and error. The error is announced and tied to the field; whoever shows it moves
//! the focus there (`browser::focus` with the field's id).

use leptos::prelude::*;

use super::element::{Element, element};
use super::reactive::anew;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    #[default]
    Text,
    Password,
    /// Digits only, large, with the phone's number keys.
    Digits,
    /// Letters and digits as on a voucher, large, in capitals.
    Code,
}

impl FieldKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Password => "password",
            Self::Digits => "digits",
            Self::Code => "code",
        }
    }
    const fn input_type(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Text | Self::Digits | Self::Code => "text",
        }
    }
    const fn input_mode(self) -> &'static str {
        match self {
            Self::Digits => "numeric",
            Self::Text | Self::Password | Self::Code => "",
        }
    }
}

#[component]
pub fn Field(
    /// Unique on the page; hint and error derive theirs from it.
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<String>,
    #[prop(optional)] kind: FieldKind,
    /// For the browser's and a password manager's help.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    #[prop(optional, into)] hint: Option<Signal<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described_by = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (hint.is_some(), error.get().is_some()) {
            (true, true) => Some(format!("{error_id} {hint_id}")),
            (true, false) => Some(hint_id.clone()),
            (false, true) => Some(error_id.clone()),
            (false, false) => None,
        }
    };
    let capitals = if kind == FieldKind::Code {
        "characters"
    } else {
        "none"
    };
    let input = Element::new("input")
        .with("id", id)
        .with("name", id)
        .with("type", kind.input_type())
        .with("inputmode", kind.input_mode())
        .with("autocomplete", autocomplete.unwrap_or_default())
        .with("autocapitalize", capitals)
        .with("spellcheck", "false")
        .true_where("aria-invalid", move || error.get().is_some())
        .following("aria-describedby", described_by)
        .value(value);
    let mut parts = vec![element("label", &[("for", id)], vec![label.into_any()])];
    if let Some(hint) = hint {
        let attributes = [("class", "field-hint"), ("id", hint_id.as_str())];
        parts.push(element("p", &attributes, vec![hint.into_any()]));
    }
    parts.push(input.around(Vec::new()));
    parts.push(element(
        "p",
        &[("class", "field-error"), ("id", &error_id), ("role", "alert")],
        vec![anew(move || error.get())],
    ));
    element("div", &[("class", "field"), ("data-kind", kind.name())], parts)
}
