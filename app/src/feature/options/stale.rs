//! Somebody has saved a version while this text was edited: who, what it changed, and how to go on. Nothing is lost.

use leptos::prelude::*;

use super::desk::Desk;
use super::diff::{Diff, Difference};
use crate::api;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Notice, Tone, anew, memo};
use crate::words;

#[component]
pub fn Stale(desk: Desk) -> impl IntoView {
    let newer = memo(move || {
        desk.is_stale()
            .then(|| {
                desk.in_force
                    .with(|script| script.as_ref().map(|script| script.version.clone()))
            })
            .flatten()
    });
    anew(move || {
        newer.get().map(|version| {
            let base = desk.base.get_untracked();
            let number = version.number;
            let told = say(move |language| {
                word::options::stale(
                    language,
                    &version.author,
                    &version.comment,
                    &version.number.to_string(),
                    &words::date_and_time(&version.saved_at, language),
                )
            });
            let shows = RwSignal::new(false);
            view! {
                <Notice tone=Tone::Heed alert=true>
                    <p>
                        <strong>{t(word::options::STALE_TITLE)}</strong>
                    </p>
                    <p>{told}</p>
                    <p>{t(word::options::STALE_TEXT)}</p>
                    <div class="row">
                        <Button
                            label=t(word::options::STALE_SHOW)
                            on_press=Callback::new(move |()| shows.update(|shows| *shows = !*shows))
                        />
                        <Button
                            label=t(word::options::STALE_KEEP)
                            on_press=Callback::new(move |()| desk.rebase())
                        />
                        <Button
                            label=t(word::options::STALE_TAKE)
                            on_press=Callback::new(move |()| desk.take_in_force())
                        />
                    </div>
                    {anew(move || {
                        shows
                            .get()
                            .then(|| {
                                let difference = Difference::ask(move || api::script::compare(desk.name, base, number));
                                view! { <Diff difference /> }
                            })
                    })}
                </Notice>
            }
        })
    })
}
