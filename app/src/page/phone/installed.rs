//! The mobile ID is on this phone.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Installation;

use super::{heading, paragraph, use_setup};
use crate::browser;
use crate::device::browser::{hints, is_standalone, is_storage_persisted};
use crate::device::description::is_apple_mobile;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Mark, MarkShape, Notice, Tone};

pub fn page(installation: Installation) -> impl IntoView {
    let setup = use_setup();
    let Installation {
        profile_name,
        valid_until,
        ..
    } = installation;
    view! {
        <section class="stack">
            <div class="phone-sign" data-tone="good"><MarkShape mark=Mark::Tick /></div>
            {heading(t(word::phone::INSTALLED_HEADING))}
            <p class="phone-lead">
                {say(move |language| {
                    word::phone::installed_text(language, &browser::date(&valid_until, language), &profile_name)
                })}
            </p>
            {keep_it()}
            <div class="phone-actions">
                <Button label=t(word::phone::INSTALLED_SHOW) on_press=move |()| setup.leave() />
            </div>
        </section>
    }
}

/// What would delete it: on an iPhone in the browser, a week without a visit.
fn keep_it() -> impl IntoView {
    let is_short_lived = RwSignal::new(false);
    spawn_local(async move {
        let evicts = is_apple_mobile(&hints().await) && !is_standalone() && !is_storage_persisted().await;
        is_short_lived.try_set(evicts);
    });
    view! {
        <Notice tone=Tone::Calm>
            <strong>{t(word::phone::KEEP_HEADING)}</strong>
            {paragraph(word::phone::KEEP_SITE_DATA)}
            {move || is_short_lived.get().then(|| paragraph(word::phone::KEEP_VISIT))}
        </Notice>
    }
}
