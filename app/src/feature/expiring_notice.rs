//! The banner for a mobile ID that ends soon, with the way to a new one.

use leptos::prelude::*;
use shared::api::ExpiringMobileId;

use super::get_mobile_id_card::{StartFailure, start};
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Mark, StateMark};
use crate::words;

#[component]
pub fn ExpiringNotice(
    expiring: ExpiringMobileId,
    /// Get Mobile ID can be started.
    can_start: bool,
) -> impl IntoView {
    let starting = start();
    let title_id = format!("expiring-{}", expiring.id);
    let id = title_id.clone();
    view! {
        <section class="notice unfinished" data-tone="heed" aria-labelledby=title_id>
            <div class="notice-words">
                <h2 id=id>
                    <StateMark mark=Mark::Clock label=t(word::expiring::TITLE) />
                </h2>
                <p>
                    {say(move |language| words::ends(&expiring, language))}
                    {can_start.then(|| view! { " " {t(word::expiring::OFFER)} })}
                </p>
                <StartFailure failure=starting.failure />
            </div>
            {can_start
                .then(|| {
                    view! {
                        <Button
                            label=t(word::dashboard::GET)
                            look=Look::Primary
                            busy=starting.busy
                            on_press=starting.start
                        />
                    }
                })}
        </section>
    }
}
