//! The mail path, as an administrator sees it in the console.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use shared::{
    api::{
        Language, MailKind, MailOverview, MailPreview, MailState, OUTBOX_PAGE, OutboxMail, SendTestMail,
        TemplateFault,
    },
    problem::{Code, Problem},
    url::admin,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App,
    convert::{self, timestamp},
    extract::{Administrator, At, Body, Here},
    problem::Refusal,
};
use crate::{
    domain::mail::Concerns,
    use_case::{
        list_mails, preview_mail, retry_mail,
        send_test_mail::{self, Recipient},
        show_mail_path,
    },
};

/// A mail's HTML is a page that runs nothing, loads nothing and stands in a frame of ours at most.
const PREVIEW_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(outbox))
        .routes(routes!(retry))
        .routes(routes!(test))
        .routes(routes!(preview))
        .routes(routes!(preview_html))
}

/// Where mail goes, how much of it there is, and which templates are broken
#[utoipa::path(get, path = admin::MAIL, tag = "mail", operation_id = "show_mail_path",
    responses((status = 200, body = MailOverview),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json")))]
async fn overview(app: Here, _: Administrator) -> Result<Json<MailOverview>, Refusal> {
    let path = show_mail_path::run(&app.context).await?;
    let faults = path.template_faults.into_iter().map(|fault| TemplateFault {
        file: fault.file,
        fault: fault.what,
    });
    Ok(Json(MailOverview {
        configured: path.route.is_some(),
        route: path.route,
        from: path.from,
        waiting: path.counts.waiting,
        sending: path.counts.sending,
        sent: path.counts.sent,
        failed: path.counts.failed,
        cancelled: path.counts.cancelled,
        oldest_waiting: path.counts.oldest_waiting.map(timestamp),
        template_faults: faults.collect(),
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    state: Option<MailState>,
    before: Option<Uuid>,
}

/// Mails in the outbox, newest first, fifty at most
#[utoipa::path(get, path = admin::OUTBOX, tag = "mail", operation_id = "list_mails",
    params(("state" = Option<MailState>, Query, description = "Only those in this state"),
        ("before" = Option<Uuid>, Query, description = "The last one of the page before")),
    responses((status = 200, body = Vec<OutboxMail>),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json")))]
async fn outbox(
    app: Here,
    _: Administrator,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Vec<OutboxMail>>, Refusal> {
    let Query(Which { state, before }) = which.map_err(|_| Code::MalformedRequest)?;
    let mails = list_mails::run(&app.context, state, before, OUTBOX_PAGE as u64).await?;
    Ok(Json(mails.into_iter().map(convert::outbox_mail).collect()))
}

/// Try a waiting or failed mail again, at once
#[utoipa::path(post, path = admin::OUTBOX_RETRY, tag = "mail", operation_id = "retry_mail", params(("mail" = Uuid, Path)),
    responses((status = 200, body = OutboxMail),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mail_gone, mail_unavailable", body = Problem, content_type = "application/problem+json")))]
async fn retry(app: Here, _: Administrator, At(mail): At<Uuid>) -> Result<Json<OutboxMail>, Refusal> {
    Ok(Json(convert::outbox_mail(
        retry_mail::run(&app.context, mail).await?,
    )))
}

/// A test mail to the administrator who asks
///
/// The answer is the mail as it waits; the outbox says what becomes of it.
#[utoipa::path(post, path = admin::MAIL_TEST, tag = "mail", operation_id = "send_test_mail", request_body = SendTestMail,
    responses((status = 200, body = OutboxMail),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "email_missing, mail_unavailable", body = Problem, content_type = "application/problem+json")))]
async fn test(
    app: Here,
    Administrator(signed_in): Administrator,
    Body(body): Body<SendTestMail>,
) -> Result<Json<OutboxMail>, Refusal> {
    let user = signed_in.user;
    let to = Recipient {
        name: user.display_name,
        address: user.email.ok_or(Code::EmailMissing)?,
        language: body.language,
        concerns: Concerns {
            user: Some(user.id),
            ..Concerns::default()
        },
    };
    let written = send_test_mail::run(&app.context, to).await?;
    Ok(Json(convert::outbox_mail(written)))
}

/// A mail with sample data, as it would be sent
#[utoipa::path(get, path = admin::MAIL_PREVIEW, tag = "mail", operation_id = "preview_mail",
    params(("kind" = MailKind, Path), ("language" = Language, Path)),
    responses((status = 200, body = MailPreview),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mail_unavailable", body = Problem, content_type = "application/problem+json")))]
async fn preview(
    app: Here,
    _: Administrator,
    At((kind, language)): At<(MailKind, Language)>,
) -> Result<Json<MailPreview>, Refusal> {
    let preview = preview_mail::run(&app.context, kind, language)?;
    Ok(Json(MailPreview {
        kind,
        language,
        subject: preview.rendered.subject,
        text: preview.rendered.text,
        overridden: preview.overridden,
    }))
}

/// Its HTML, as a page of its own
#[utoipa::path(get, path = admin::MAIL_PREVIEW_HTML, tag = "mail", operation_id = "preview_mail_html",
    params(("kind" = MailKind, Path), ("language" = Language, Path)),
    responses((status = 200, content_type = "text/html", body = String),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mail_unavailable", body = Problem, content_type = "application/problem+json")))]
async fn preview_html(
    app: Here,
    _: Administrator,
    At((kind, language)): At<(MailKind, Language)>,
) -> Result<Response, Refusal> {
    let preview = preview_mail::run(&app.context, kind, language)?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, PREVIEW_POLICY),
    ];
    Ok((headers, preview.rendered.html).into_response())
}
