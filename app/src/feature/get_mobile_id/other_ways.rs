//! For who cannot scan: the address and the short code to type, the link to send, and the same by e-mail.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ProcessAction, ShownCode};
use shared::url::page;

use super::enrollment::Enrollment;
use crate::browser;
use crate::i18n::{say, t, word};
use crate::ui::{Button, anew, memo, use_announcer};

#[component]
pub fn OtherWays(
    enrollment: Enrollment,
    shown: ShownCode,
    #[prop(into)] on_this_phone: Signal<bool>,
) -> impl IntoView {
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
                <ByMail enrollment />
            </div>
        </details>
    }
}

/// Where the options leave it and there is an address.
#[component]
fn ByMail(enrollment: Enrollment) -> impl IntoView {
    let address = memo(move || {
        let address = enrollment
            .view
            .with(|view| view.as_ref()?.plan.mail_address.clone());
        address.filter(|_| enrollment.allows(ProcessAction::MailCode))
    });
    anew(move || {
        address.get().map(|address| {
            view! {
                <div>
                    <p>{t(word::scan::OR_MAIL)}</p>
                    <Button
                        label=say(move |language| word::scan::mail_to(language, &address))
                        busy=enrollment.busy
                        on_press=Callback::new(move |()| enrollment.mail_code())
                    />
                </div>
            }
        })
    })
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
            {anew(move || (copied.get() == Copied::Yes).then(|| view! { <span class="muted">{done}</span> }))}
        </div>
        {anew(move || {
            (copied.get() == Copied::Refused)
                .then(|| {
                    view! {
                        <p role="status">{t(word::scan::COPY_REFUSED)}</p>
                        <p class="mono address">{link.clone()}</p>
                    }
                })
        })}
    }
}
