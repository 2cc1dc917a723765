//! What went wrong with the press of a button, at which field, if at one; and the field for the password, once more,
//! that several of them may ask for.

use leptos::prelude::*;
use shared::problem::Code;

use crate::api::Failure;
use crate::browser;
use crate::i18n::{Language, Word, say, t, word};
use crate::ui::{Field, FieldKind, anew, derived, whenever};
use crate::words;

pub const PASSWORD: &str = "password-again";

#[derive(Clone, Copy)]
pub struct Slip {
    pub word: Word,
    pub field: Option<&'static str>,
    pub tries_left: Option<u32>,
    /// Seconds until it may be tried again.
    pub wait: Option<u32>,
}

impl Slip {
    /// What is missed before anything is asked of the server.
    pub const fn missed(word: Word, field: Option<&'static str>) -> Self {
        Self {
            word,
            field,
            tries_left: None,
            wait: None,
        }
    }

    pub fn of(failure: &Failure) -> Self {
        let (word, field) = match failure.code() {
            Some(Code::CredentialsWrong) => (word::introduction::PASSWORD_WRONG, Some(PASSWORD)),
            Some(Code::PasswordNeeded) => (words::failure(failure), Some(PASSWORD)),
            _ => (words::failure(failure), None),
        };
        Self {
            word,
            field,
            tries_left: failure.tries_left(),
            wait: failure
                .retry_after()
                .map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
        }
    }

    pub fn text(self, language: Language) -> String {
        match self.wait {
            Some(seconds) => word::sign_in::wait(language, &words::wait(seconds, language)),
            None => self.word.text(language).to_owned(),
        }
    }
}

/// Where the sign-in has grown old.
#[component]
pub fn PasswordAgain(
    password: RwSignal<String>,
    #[prop(into)] is_needed: Signal<bool>,
    slip: RwSignal<Option<Slip>>,
) -> impl IntoView {
    let sentence = say(move |language| {
        slip.get()
            .filter(|slip| slip.field == Some(PASSWORD))
            .map_or_else(String::new, |slip| slip.text(language))
    });
    let error = derived(move || Some(sentence.get()).filter(|sentence| !sentence.is_empty()));
    whenever(move || {
        // The server has asked for it: the field appears, and that is where one goes on.
        if is_needed.get() && slip.with_untracked(Option::is_some) {
            request_animation_frame(|| browser::focus(PASSWORD));
        }
    });
    anew(move || {
        is_needed.get().then(|| {
            view! {
                <Field
                    id=PASSWORD
                    label=t(word::sign_in::PASSWORD)
                    hint=t(word::introduction::PASSWORD_HINT)
                    kind=FieldKind::Password
                    autocomplete="current-password"
                    value=password
                    error
                />
            }
        })
    })
}
