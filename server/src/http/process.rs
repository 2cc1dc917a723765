//! The process, as the portal's dialog drives it.

use axum::Json;
use shared::{
    api::{CancelProcess, Ending, NextStep, ProcessView, StartProcess, Step},
    problem::Problem,
    url,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App,
    browser::Browser,
    convert,
    extract::{At, Body, Here, SignedIn},
    problem::Refusal,
};
use crate::use_case::{
    cancel_process, confirm_pairing,
    show_code::{self, Asker, Choice, Replaced, Shown, Wish},
    show_process, start_process,
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(show))
        .routes(routes!(next))
        .routes(routes!(new_code))
        .routes(routes!(mail_code))
        .routes(routes!(cancel))
}

/// Start a process, or take up the open one of this kind
#[utoipa::path(post, path = url::api::PROCESSES, tag = "process", operation_id = "start_process", request_body = StartProcess,
    responses((status = 200, body = ProcessView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active, role_needed", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "validity_beyond_ca, archive_unavailable, email_missing, mail_unavailable", body = Problem, content_type = "application/problem+json")))]
async fn start(
    app: Here,
    signed_in: SignedIn,
    Body(StartProcess { kind: _ }): Body<StartProcess>,
) -> Result<Json<ProcessView>, Refusal> {
    let user = signed_in.user.id;
    let started = start_process::run(&app.context, user, signed_in.since).await;
    let seen = app.heard(user, "get mobile ID", started).await?;
    Ok(Json(convert::process(&seen)))
}

/// A process as it is now
#[utoipa::path(get, path = url::api::PROCESS, tag = "process", operation_id = "show_process", params(("process" = Uuid, Path)),
    responses((status = 200, body = ProcessView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(app: Here, signed_in: SignedIn, At(id): At<Uuid>) -> Result<Json<ProcessView>, Refusal> {
    let seen = show_process::run(&app.context, signed_in.user.id, id, signed_in.since).await?;
    Ok(Json(convert::process(&seen)))
}

/// Next
///
/// From the introduction: an activation code goes out, on the screen or by e-mail as the plan says; an earlier mobile ID
/// that is named is locked in the same change, or, where no code goes out (the recovery waits for approval, or Next is
/// refused), it is not. Once the recovery is approved, Next is pressed again. From the scan, with the pairing code: the
/// certificates are
/// issued. Pressed on a step that the process has left already, nothing happens and the answer is the process.
#[utoipa::path(post, path = url::api::PROCESS_NEXT, tag = "process", operation_id = "next_step", params(("process" = Uuid, Path)),
    request_body = NextStep,
    responses((status = 200, body = ProcessView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active, password_needed", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "phone_not_ready, process_ended, validity_beyond_ca, archive_unavailable, approval_pending, email_missing, mail_unavailable, mobile_id_ended", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "certificate_choice_wrong, recovery_choice_wrong, lock_reason_wrong, pairing_code_missing, pairing_code_malformed, pairing_code_wrong", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn next(
    app: Here,
    signed_in: SignedIn,
    browser: Browser,
    At(id): At<Uuid>,
    Body(body): Body<NextStep>,
) -> Result<Json<ProcessView>, Refusal> {
    let (user, since) = (signed_in.user.id, signed_in.since);
    match body.step {
        Step::Introduction => {
            let wish = Wish::Next(Choice {
                certificates: body.certificates.as_deref(),
                recover: body.recover.as_deref(),
                replace: body.replace.map(|replace| Replaced {
                    mobile_id: replace.mobile_id,
                    reason: replace.reason,
                    encryption: replace.encryption,
                }),
            });
            code(&app, &signed_in, &browser, id, wish).await
        }
        Step::Scan => {
            let seen =
                confirm_pairing::run(&app.context, user, id, body.pairing_code.as_deref(), since).await?;
            Ok(Json(convert::process(&seen)))
        }
        Step::Done => Ok(Json(convert::process(
            &show_process::run(&app.context, user, id, since).await?,
        ))),
    }
}

/// A new activation code on the screen; the one before dies
///
/// Where the options allow it on the screen.
#[utoipa::path(post, path = url::api::PROCESS_CODE, tag = "process", operation_id = "new_code", params(("process" = Uuid, Path)),
    responses((status = 200, body = ProcessView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "action_not_possible, process_ended", body = Problem, content_type = "application/problem+json")))]
async fn new_code(
    app: Here,
    signed_in: SignedIn,
    browser: Browser,
    At(id): At<Uuid>,
) -> Result<Json<ProcessView>, Refusal> {
    code(&app, &signed_in, &browser, id, Wish::NewCode).await
}

/// A new activation code by e-mail; the one before dies
///
/// Also for a code that was on the screen. Once in 60 seconds, and five times an hour for each user.
#[utoipa::path(post, path = url::api::PROCESS_MAIL, tag = "process", operation_id = "mail_code", params(("process" = Uuid, Path)),
    responses((status = 200, body = ProcessView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "action_not_possible, process_ended, email_missing, mail_unavailable", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn mail_code(
    app: Here,
    signed_in: SignedIn,
    browser: Browser,
    At(id): At<Uuid>,
) -> Result<Json<ProcessView>, Refusal> {
    code(&app, &signed_in, &browser, id, Wish::MailCode).await
}

/// Cancel
///
/// Ends the process; a phone that takes part is told. What was issued already is revoked. Repeating it changes
/// nothing more.
#[utoipa::path(post, path = url::api::PROCESS_CANCEL, tag = "process", operation_id = "cancel_process", params(("process" = Uuid, Path)),
    request_body = CancelProcess,
    responses((status = 200, body = ProcessView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "action_not_possible, process_ended", body = Problem, content_type = "application/problem+json")))]
async fn cancel(
    app: Here,
    signed_in: SignedIn,
    At(id): At<Uuid>,
    Body(body): Body<CancelProcess>,
) -> Result<Json<ProcessView>, Refusal> {
    let ending = if body.not_my_phone {
        Ending::PhoneNotRecognised
    } else {
        Ending::CancelledByUser
    };
    let seen = cancel_process::run(&app.context, signed_in.user.id, id, ending, signed_in.since).await?;
    Ok(Json(convert::process(&seen)))
}

async fn code(
    app: &Here,
    signed_in: &SignedIn,
    Browser(browser): &Browser,
    process: Uuid,
    wish: Wish<'_>,
) -> Result<Json<ProcessView>, Refusal> {
    let asker = Asker {
        user: signed_in.user.id,
        signed_in_at: signed_in.since,
        browser,
    };
    let Shown { seen, code } = show_code::run(&app.context, asker, process, wish).await?;
    Ok(Json(match code {
        Some(codes) => convert::process_with_code(&seen, &codes, &app.settings.http.public_url),
        None => convert::process(&seen),
    }))
}
