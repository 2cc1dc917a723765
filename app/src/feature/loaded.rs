//! A thing that a page shows and the server has: asked for at once, asked again on demand, and kept on screen
//! meanwhile.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::i18n::{say, t, word};
use crate::state::use_session;
use crate::ui::{Button, Notice, Ring, Tone, anew};
use crate::words;

pub struct Loaded<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<T>>,
    /// Of the latest call.
    pub failure: RwSignal<Option<Failure>>,
    pub again: Callback<()>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

pub fn load<T, F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Loaded<T>
where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let session = use_session();
    let value = RwSignal::new(None);
    let failure = RwSignal::new(None);
    let again = Callback::new(move |()| {
        let answer = fetch();
        spawn_local(async move {
            // The page may be gone when the answer comes: setting a signal that is gone does nothing.
            match answer.await {
                Ok(found) => {
                    // Looked at again, it is drawn again only where it has changed.
                    let found = Some(found);
                    if value.try_with_untracked(|known| *known == found) == Some(false) {
                        value.set(found);
                    }
                    failure.set(None);
                }
                Err(error) => failure.set(Some(session.heed(error))),
            }
        });
    });
    again.run(());
    Loaded {
        value,
        failure,
        again,
    }
}

/// What stands there until the thing is loaded, or where it cannot be.
#[component]
pub fn Waiting(
    #[prop(into)] is_loaded: Signal<bool>,
    failure: RwSignal<Option<Failure>>,
    again: Callback<()>,
) -> impl IntoView {
    anew(move || match (failure.get(), is_loaded.get()) {
        (Some(failure), _) => view! {
            <Notice tone=Tone::Bad alert=true>
                <p>{say(move |language| words::failure(&failure).text(language).to_owned())}</p>
                <Button label=t(word::shell::TRY_AGAIN) on_press=again />
            </Notice>
        }
        .into_any(),
        (None, false) => view! { <Ring label=t(word::product::LOADING) /> }.into_any(),
        (None, true) => ().into_any(),
    })
}
