//! A link in a mail: what it would do, and doing it. Whoever has the mail needs no sign-in.

use shared::api::{MailLink, MailLinkToken};
use shared::url::api;

use super::Failure;

pub async fn look(token: String) -> Result<MailLink, Failure> {
    super::post(api::MAIL_LINK, None, &MailLinkToken { token }).await
}

pub async fn follow(token: String) -> Result<MailLink, Failure> {
    super::post(api::MAIL_LINK_USE, None, &MailLinkToken { token }).await
}
