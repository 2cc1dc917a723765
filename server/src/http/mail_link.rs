//! Links in mails: their page asks here what a link would do, and does it when its button is pressed. Whoever has the
//! mail may; no session is needed. Both are POST, so that what follows links in mails by itself changes nothing.

use std::net::IpAddr;

use axum::Json;
use shared::{
    api::{MailLink, MailLinkToken},
    problem::Problem,
    url,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, convert,
    extract::{Address, Body, Here},
    problem::Refusal,
};
use crate::use_case::{MailLinkError, MailLinkSeen, look_at_mail_link, use_mail_link};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(look)).routes(routes!(press))
}

/// What a link in a mail would do, without doing it
#[utoipa::path(post, path = url::api::MAIL_LINK, tag = "mail", operation_id = "look_at_mail_link", security(()),
    request_body = MailLinkToken,
    responses((status = 200, body = MailLink),
        (status = 404, description = "mail_link_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn look(
    app: Here,
    Address(address): Address,
    Body(body): Body<MailLinkToken>,
) -> Result<Json<MailLink>, Refusal> {
    limited(&app, address, look_at_mail_link::run(&app.context, &body.token)).await
}

/// Do what a link in a mail says
///
/// Cancels the process whose code the mail carried, or locks the mobile ID that it told of. Repeating it changes nothing
/// more, and is answered alike.
#[utoipa::path(post, path = url::api::MAIL_LINK_USE, tag = "mail", operation_id = "use_mail_link", security(()),
    request_body = MailLinkToken,
    responses((status = 200, body = MailLink),
        (status = 404, description = "mail_link_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn press(
    app: Here,
    Address(address): Address,
    Body(body): Body<MailLinkToken>,
) -> Result<Json<MailLink>, Refusal> {
    let pressed = Box::pin(use_mail_link::run(&app.context, &body.token));
    limited(&app, address, pressed).await
}

async fn limited(
    app: &Here,
    address: IpAddr,
    look_up: impl Future<Output = Result<MailLinkSeen, MailLinkError>>,
) -> Result<Json<MailLink>, Refusal> {
    app.attempts.guess(address)?;
    let found = look_up.await;
    if !matches!(found, Err(MailLinkError::Unknown)) {
        app.attempts.guessed_right(address);
    }
    Ok(Json(convert::mail_link(found?)))
}
