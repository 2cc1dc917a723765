//! For who cannot scan: the address and the short code to type, and the link to send.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::ShownCode;
use shared::url::page;

use crate::browser;
use crate::i18n::{say, t, word};
use crate::ui::{Button, use_announcer};

#[component]
pub fn OtherWays(shown: ShownCode, #[prop(into)] on_this_phone: Signal<bool>) -> impl IntoView {
    let title = say(move |language| {
        let title = if on_this_phone.get() {
            word::scan::OTHER_WAYS
        } else {
            word::scan::CANNOT
        };
        title.text(language).to_owned()
    });

    let ShownCode { link, short_code, .. } = shown;
    // The phone page stands where the link leads, which need not be where this page was opened.
    let address = link
        .split('#')
        .next()
        .map_or_else(|| browser::origin() + page::PHONE, str::to_owned);
    view! {
        <details class="other-ways">
            <summary>{title}</summary>
            <div class="stack">
                <div>
                    <p>{t(word::scan::TYPE_AT)}</p>
                    <p class="mono address">{address}</p>
                </div>
                <div>
                    <p>{t(word::scan::TYPE_CODE)}</p>
                    <p class="short-code">{short_code}</p>
                </div>
                <div>
                    <p>{t(word::scan::OR_LINK)}</p>
                    <CopyLink link />
                </div>
            </div>
        </details>
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Copied {
    NotYet,
    Yes,
    Refused,
}

#[component]
fn CopyLink(link: String) -> impl IntoView {
    let copied = RwSignal::new(Copied::NotYet);
    let announcer = use_announcer();
    let done = t(word::scan::COPIED);
    let copy = {
        let link = link.clone();
        Callback::new(move |()| {
            let link = link.clone();
            spawn_local(async move {
                let is_copied = browser::copy(&link).await;
                copied.try_set(if is_copied { Copied::Yes } else { Copied::Refused });
                if is_copied && let Some(sentence) = done.try_get_untracked() {
                    announcer.say(sentence);
                }
            });
        })
    };
    view! {
        <div class="row">
            <Button label=t(word::scan::COPY) on_press=copy />
            {move || (copied.get() == Copied::Yes).then(|| view! { <span class="muted">{done}</span> })}
        </div>
        {move || {
            (copied.get() == Copied::Refused)
                .then(|| {
                    view! {
                        <p role="status">{t(word::scan::COPY_REFUSED)}</p>
                        <p class="mono address">{link.clone()}</p>
                    }
                })
        }}
    }
}
