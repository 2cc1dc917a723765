//! For whom the effect is shown: whoever is signed in, until the administrator picks another.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::UserSummary;

use super::desk::Desk;
use crate::api::{self, Failure};
use crate::i18n::{say, t, word};
use crate::ui::{Button, Field, Look, Notice, Tone, anew, memo, whenever_after};
use crate::{browser, words};

const SEARCH: &str = "user-search";
/// How long nothing is typed before the server searches.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(250);

#[component]
pub fn Person(desk: Desk) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let shown = memo(move || {
        desk.check.with(|check| {
            let check = check.as_ref()?;
            let of_options = check.effect.as_ref().map(|effect| &effect.user);
            let of_reminders = check.reminders.as_ref().map(|effect| &effect.user);
            of_options.or(of_reminders).cloned()
        })
    });
    let name = move || desk.user.get().or_else(|| shown.get()).map(|user| named(&user));
    view! {
        <div class="person">
            <p>
                <span class="muted">{t(word::options::FOR_USER)}</span>
                " "
                <strong>{name}</strong>
            </p>
            <Button
                label=t(word::options::OTHER_USER)
                look=Look::Quiet
                on_press=Callback::new(move |()| {
                    is_open.update(|is_open| *is_open = !*is_open);
                    request_animation_frame(|| browser::focus(SEARCH));
                })
            />
        </div>
        {anew(move || is_open.get().then(|| view! { <Search desk is_open /> }))}
    }
}

fn named(user: &UserSummary) -> String {
    match &user.department {
        Some(department) => format!("{} ({department})", user.display_name),
        None => user.display_name.clone(),
    }
}

#[component]
fn Search(desk: Desk, is_open: RwSignal<bool>) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<UserSummary>>);
    let failure = RwSignal::new(None::<Failure>);
    let asked = RwSignal::new(0_u32);
    whenever_after(move |is_typing: Option<()>| {
        let search = wanted.get();
        let ask = asked.get_untracked().wrapping_add(1);
        asked.set(ask);
        let pause = if is_typing.is_some() {
            PAUSE
        } else {
            std::time::Duration::ZERO
        };
        set_timeout(
            move || {
                if asked.try_get_untracked() != Some(ask) {
                    return;
                }
                spawn_local(async move {
                    let answer = api::script::users(search.trim()).await;
                    if asked.try_get_untracked() != Some(ask) {
                        return;
                    }
                    match answer {
                        Ok(users) => {
                            failure.set(None);
                            found.set(Some(users));
                        }
                        Err(error) => failure.set(Some(desk.session.heed(error))),
                    }
                });
            },
            pause,
        );
    });
    let pick = Callback::new(move |user: UserSummary| {
        desk.user.set(Some(user));
        is_open.set(false);
    });
    view! {
        <div class="stack">
            <Field id=SEARCH label=t(word::options::SEARCH) hint=t(word::options::SEARCH_HINT) value=wanted autocomplete="off" />
            {anew(move || {
                failure
                    .get()
                    .map(|failure| {
                        let sentence = say(move |language| words::console_failure(&failure).text(language).to_owned());
                        view! {
                            <Notice tone=Tone::Bad alert=true>
                                <p>{sentence}</p>
                            </Notice>
                        }
                    })
            })}
            <div role="status">
                {anew(move || {
                    found
                        .with(|found| found.as_ref().is_some_and(Vec::is_empty))
                        .then(|| view! { <p class="muted">{t(word::options::NOBODY)}</p> })
                })}
            </div>
            <ul class="people">
                {anew(move || {
                    found
                        .get()
                        .unwrap_or_default()
                        .into_iter()
                        .map(|user| {
                            let label = named(&user);
                            view! {
                                <li>
                                    <button type="button" class="pick" on:click=move |_| pick.run(user.clone())>
                                        <span>{label}</span>
                                        <span class="muted small">{user.user_name.clone()}</span>
                                    </button>
                                </li>
                            }
                        })
                        .collect_view()
                })}
            </ul>
        </div>
    }
}
