//! Opened without a code: the mobile IDs on this phone, and a field for a code.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Installation;

use super::{heading, paragraph, use_setup};
use crate::browser;
use crate::device::browser::{hints, is_standalone};
use crate::device::description::is_apple_mobile;
use crate::device::enrollment::read_code;
use crate::i18n::{Word, say, t, word};
use crate::ui::{Button, Field, FieldKind, Look, Mark, Notice, StateMark, Tone};
use crate::words;

const FIELD_ID: &str = "code";

pub fn page(mobile_ids: Vec<Installation>) -> impl IntoView {
    let is_empty = mobile_ids.is_empty();
    view! {
        <section class="stack-wide">
            <div class="stack">
                {heading(t(word::phone::START_HEADING))}
                {is_empty.then(|| view! {
                    {paragraph(word::phone::START_NONE)}
                    {paragraph(word::phone::START_HOW)}
                })}
                {(!is_empty).then(|| view! {
                    <ul class="phone-list">{mobile_ids.into_iter().map(card).collect_view()}</ul>
                })}
            </div>
            {home_screen_tip()}
            {code_form()}
        </section>
    }
}

fn card(mobile_id: Installation) -> impl IntoView {
    let Installation {
        profile_name,
        server_name,
        user_id,
        valid_until,
        certificates,
        ..
    } = mobile_id;
    let is_expired = browser::milliseconds(&valid_until).is_some_and(|end| end < browser::now());
    let validity = say(move |language| {
        let date = browser::date(&valid_until, language);
        if is_expired {
            word::phone::expired_on(language, &date)
        } else {
            word::phone::valid_until(language, &date)
        }
    });
    let certificates = certificates
        .into_iter()
        .map(|certificate| {
            view! {
                <dt>{t(words::purpose(certificate.purpose))}</dt>
                <dd><span class="for-ears">{t(word::phone::SERIAL)}" "</span><code class="mono">{certificate.serial}</code></dd>
            }
        })
        .collect_view();
    view! {
        <li class="phone-card">
            <h2>{profile_name}</h2>
            <StateMark mark=if is_expired { Mark::Clock } else { Mark::Tick } label=validity />
            <dl class="phone-facts">
                <dt>{t(word::phone::SERVER)}</dt>
                <dd>{server_name}</dd>
                <dt>{t(word::phone::USER_ID)}</dt>
                <dd>{user_id}</dd>
            </dl>
            <details class="phone-details">
                <summary>{t(word::phone::CERTIFICATES)}</summary>
                <dl class="phone-facts phone-serials">{certificates}</dl>
            </details>
        </li>
    }
}

fn code_form() -> impl IntoView {
    let setup = use_setup();
    let fault = RwSignal::new(None::<Word>);
    let error = {
        let language = crate::i18n::use_language();
        Signal::derive(move || fault.get().map(|fault| fault.text(language.get()).to_owned()))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = setup.typed.get_untracked();
        let found = match (typed.trim().is_empty(), read_code(&typed)) {
            (true, _) => Some(word::phone::CODE_MISSING),
            (false, Err(_)) => Some(word::phone::CODE_MALFORMED),
            (false, Ok(_)) => None,
        };
        fault.set(found);
        if found.is_some() {
            browser::focus(FIELD_ID);
        } else {
            setup.use_code(typed.trim());
        }
    };
    view! {
        <form class="stack phone-form" novalidate on:submit=submit>
            <h2>{t(word::phone::CODE_HEADING)}</h2>
            <Field
                id=FIELD_ID
                label=t(word::phone::CODE_LABEL)
                value=setup.typed
                kind=FieldKind::Code
                autocomplete="off"
                hint=t(word::phone::CODE_HINT)
                error
            />
            <div class="phone-actions">
                <Button label=t(word::phone::CODE_GO) look=Look::Primary submit=true />
            </div>
        </form>
    }
}

/// On an iPhone or iPad, in the browser.
fn home_screen_tip() -> impl IntoView {
    let is_wanted = RwSignal::new(false);
    spawn_local(async move {
        let wanted = is_apple_mobile(&hints().await) && !is_standalone();
        is_wanted.try_set(wanted);
    });
    move || {
        is_wanted.get().then(|| {
            view! { <Notice tone=Tone::Calm>{paragraph(word::phone::HOME_TIP)}</Notice> }
        })
    }
}
