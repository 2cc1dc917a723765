//! The mail path, for an administrator: how it stands, previews, a test mail, the outbox.

use serde::Serialize;
use serde::de::IgnoredAny;
use shared::api::{Language, MailKind, MailOverview, MailPreview, MailState, OutboxMail, SendTestMail};
use shared::url::admin;
use uuid::Uuid;

use super::Failure;

/// The empty object.
#[derive(Serialize)]
struct Nothing {}

pub async fn overview() -> Result<MailOverview, Failure> {
    super::get(admin::MAIL, None).await
}

pub async fn preview(kind: MailKind, language: Language) -> Result<MailPreview, Failure> {
    super::get(&admin::mail_preview(kind, language), None).await
}

/// Newest first; `before`: the last one of the page before.
pub async fn outbox(state: Option<MailState>, before: Option<Uuid>) -> Result<Vec<OutboxMail>, Failure> {
    super::get(&admin::outbox(state, before), None).await
}

/// To the administrator who asks.
pub async fn send_test(language: Language) -> Result<(), Failure> {
    super::post::<IgnoredAny>(admin::MAIL_TEST, None, &SendTestMail { language })
        .await
        .map(drop)
}

/// A mail that was given up, or waits, once more and at once.
pub async fn try_again(id: Uuid) -> Result<(), Failure> {
    super::post::<IgnoredAny>(&admin::outbox_retry(id), None, &Nothing {})
        .await
        .map(drop)
}
