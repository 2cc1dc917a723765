//! Each mail with sample data: subject, the HTML as a page in a frame that runs nothing, and the text.

use leptos::prelude::*;
use shared::api::{MailKind, MailPreview};
use shared::url::admin;

use super::choice::Choice;
use super::test_mail::languages;
use crate::api;
use crate::feature::loaded::{Waiting, load};
use crate::i18n::{Language, say, t, use_language, word};
use crate::ui::{anew, derived};
use crate::words;

#[component]
pub fn MailPreviews() -> impl IntoView {
    let kind = RwSignal::new(MailKind::ActivationCode);
    let language = RwSignal::new(use_language().get_untracked());
    let kinds = MailKind::ALL.map(|kind| (kind, t(words::mail_kind(kind))));
    view! {
        <section class="card preview-card" aria-labelledby="preview-title">
            <h2 id="preview-title">{t(word::outbox::PREVIEW)}</h2>
            <p class="muted">{t(word::outbox::PREVIEW_TEXT)}</p>
            <div class="choices-row">
                <Choice id="preview-kind" label=word::outbox::KIND offered=kinds.into() chosen=kind />
                <Choice
                    id="preview-language"
                    label=word::language::LABEL
                    offered=languages()
                    chosen=language
                />
            </div>
            {anew(move || view! { <Shown kind=kind.get() language=language.get() /> })}
        </section>
    }
}

#[component]
fn Shown(kind: MailKind, language: Language) -> impl IntoView {
    let written = language.on_wire();
    let preview = load(move || api::mail::preview(kind, written));
    let value = preview.value;
    view! {
        {anew(move || value.get().map(|preview| view! { <Letter preview /> }))}
        <Waiting
            is_loaded=derived(move || value.with(Option::is_some))
            failure=preview.failure
            again=preview.again
        />
    }
}

#[component]
fn Letter(preview: MailPreview) -> impl IntoView {
    let MailPreview {
        kind,
        language,
        subject,
        text,
        overridden,
    } = preview;
    let files = overridden.join(", ");
    view! {
        <div class="mail-subject">
            <p class="muted small">{t(word::outbox::SUBJECT)}</p>
            <p lang=language.as_str()>
                <strong>{subject}</strong>
            </p>
        </div>
        {(!files.is_empty())
            .then(|| {
                let told = say(move |language| word::outbox::overridden(language, &files));
                view! { <p class="muted small">{told}</p> }
            })}
        <div class="mail-forms">
            <iframe
                class="mail-html"
                sandbox=""
                title=t(word::outbox::AS_HTML)
                src=admin::mail_preview_html(kind, language)
            ></iframe>
            <pre
                class="mail-text"
                lang=language.as_str()
                tabindex="0"
                role="region"
                aria-label=t(word::outbox::AS_TEXT)
            >
                {text}
            </pre>
        </div>
    }
}
