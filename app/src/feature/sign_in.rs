//! The sign-in form.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure, server_time};
use crate::browser;
use crate::flow::time_left::seconds_until;
use crate::i18n::{Word, say, t, use_language, word};
use crate::state::{SignedIn, use_session};
use crate::ui::{Button, Field, FieldKind, Look, Notice, Tone, anew, derived, memo, use_announcer, whenever};
use crate::words;

const USER_NAME: &str = "user-name";
const PASSWORD: &str = "password";

#[derive(Clone, Copy)]
struct Form {
    user_name: RwSignal<String>,
    password: RwSignal<String>,
    missing_user_name: RwSignal<bool>,
    missing_password: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    /// Until when there is to be waited, in milliseconds.
    wait_until: RwSignal<Option<f64>>,
    busy: RwSignal<bool>,
}

impl Form {
    fn new() -> Self {
        Self {
            user_name: RwSignal::new(String::new()),
            password: RwSignal::new(String::new()),
            missing_user_name: RwSignal::new(false),
            missing_password: RwSignal::new(false),
            failure: RwSignal::new(None),
            wait_until: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Points out what is missing; the first missing field takes the focus.
    fn is_complete(self) -> bool {
        let no_user_name = self.user_name.with_untracked(|name| name.trim().is_empty());
        let no_password = self.password.with_untracked(String::is_empty);
        self.missing_user_name.set(no_user_name);
        self.missing_password.set(no_password);
        if no_user_name {
            browser::focus(USER_NAME);
        } else if no_password {
            browser::focus(PASSWORD);
        }
        !no_user_name && !no_password
    }

    fn refused(self, failure: Failure) {
        self.wait_until.set(
            failure
                .retry_after()
                .map(|seconds| server_time::now() + 1000.0 * seconds_to_wait(seconds)),
        );
        self.failure.set(Some(failure));
        browser::focus(PASSWORD);
    }
}

fn seconds_to_wait(seconds: u64) -> f64 {
    f64::from(u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[component]
pub fn SignInForm() -> impl IntoView {
    let session = use_session();
    let language = use_language();
    let form = Form::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if form.busy.get_untracked() || !form.is_complete() {
            return;
        }
        form.busy.set(true);
        form.failure.set(None);
        let (name, password) = (form.user_name.get_untracked(), form.password.get_untracked());
        let spoken = language.get_untracked().on_wire();
        spawn_local(async move {
            let answer = api::session::sign_in(name.trim().to_owned(), password, spoken).await;
            form.busy.set(false);
            match answer {
                // Whoever listens to the session leads on from here.
                Ok(me) => session.signed_in.set(SignedIn::Yes(Box::new(me))),
                Err(failure) => form.refused(failure),
            }
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Refusal form />
            <Field
                id=USER_NAME
                label=t(word::sign_in::USER_NAME)
                value=form.user_name
                autocomplete="username"
                error=missing(form.missing_user_name, word::sign_in::USER_NAME_MISSING)
            />
            <Field
                id=PASSWORD
                label=t(word::sign_in::PASSWORD)
                kind=FieldKind::Password
                value=form.password
                autocomplete="current-password"
                error=missing(form.missing_password, word::sign_in::PASSWORD_MISSING)
            />
            <Button label=t(word::sign_in::SUBMIT) look=Look::Primary submit=true busy=form.busy />
        </form>
    }
}

fn missing(is_missing: RwSignal<bool>, word: Word) -> Signal<Option<String>> {
    let sentence = t(word);
    derived(move || is_missing.get().then(|| sentence.get()))
}

/// Why the last attempt was refused, with the time to wait counted down.
#[component]
fn Refusal(form: Form) -> impl IntoView {
    let now = RwSignal::new(server_time::now());
    whenever(move || {
        if form.wait_until.get().is_some() {
            now.set(server_time::now());
        }
    });
    let tick = set_interval_with_handle(
        move || {
            // A last tick may come when the form is gone.
            if form.wait_until.try_get_untracked().flatten().is_some() {
                now.set(server_time::now());
            }
        },
        std::time::Duration::from_secs(1),
    );
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    let sentence = say(move |language| {
        let Some(failure) = form.failure.get() else {
            return String::new();
        };
        match form.wait_until.get().map(|end| seconds_until(end, now.get())) {
            None => words::failure(&failure).text(language).to_owned(),
            Some(0) => word::sign_in::WAIT_OVER.text(language).to_owned(),
            Some(seconds) => word::sign_in::wait(language, &words::wait(seconds, language)),
        }
    });
    let announcer = use_announcer();
    let kind = memo(move || form.failure.get().map(|failure| failure.retry_after().is_some()));
    whenever(move || {
        // A countdown inside an alert would be read aloud every second: it is said once, here.
        if kind.get() == Some(true) {
            announcer.say(sentence.get_untracked());
        }
    });
    anew(move || {
        kind.get().map(|has_countdown| {
            view! {
                <Notice tone=Tone::Bad alert=!has_countdown>
                    <p>{sentence}</p>
                </Notice>
            }
        })
    })
}
