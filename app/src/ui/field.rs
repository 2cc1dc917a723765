//! A labelled text field with hint and error. The error is announced and tied to the field; whoever shows it moves
//! the focus there (`browser::focus` with the field's id).

use leptos::prelude::*;

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
    const fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Digits => Some("numeric"),
            Self::Text | Self::Password | Self::Code => None,
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
    view! {
        <div class="field" data-kind=kind.name()>
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <input
                id=id
                name=id
                type=kind.input_type()
                inputmode=kind.input_mode()
                autocomplete=autocomplete
                autocapitalize=if kind == FieldKind::Code { "characters" } else { "none" }
                spellcheck="false"
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            <p class="field-error" id=error_id role="alert">{anew(move || error.get())}</p>
        </div>
    }
}
