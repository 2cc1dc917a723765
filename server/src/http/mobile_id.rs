//! The menu Mobile ID.

use axum::{Json, http::StatusCode};
use shared::{
    api::{LockMobileId, MobileId, MobileIdSummary},
    problem::Problem,
    url,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App, convert,
    extract::{At, Body, Here, SignedIn},
    problem::Refusal,
};
use crate::use_case::{
    delete_mobile_id, list_mobile_ids, lock_mobile_id, pause_mobile_id, resume_mobile_id, show_mobile_id,
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, delete))
        .routes(routes!(lock))
        .routes(routes!(pause))
        .routes(routes!(resume))
}

/// The user's mobile IDs, newest first
#[utoipa::path(get, path = url::api::MOBILE_IDS, tag = "mobile ID", operation_id = "list_mobile_ids",
    responses((status = 200, body = Vec<MobileIdSummary>), (status = 401, body = Problem, content_type = "application/problem+json")))]
async fn list(app: Here, signed_in: SignedIn) -> Result<Json<Vec<MobileIdSummary>>, Refusal> {
    let (mobile_ids, now) = list_mobile_ids::run(&app.context, signed_in.user.id).await?;
    Ok(Json(
        mobile_ids
            .iter()
            .map(|mobile_id| convert::summary(mobile_id, &app.context.limits, now))
            .collect(),
    ))
}

/// One mobile ID, with certificates and history
#[utoipa::path(get, path = url::api::MOBILE_ID, tag = "mobile ID", operation_id = "show_mobile_id", params(("mobile_id" = Uuid, Path)),
    responses((status = 200, body = MobileId),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(app: Here, signed_in: SignedIn, At(id): At<Uuid>) -> Result<Json<MobileId>, Refusal> {
    let seen = show_mobile_id::run(&app.context, signed_in.user.id, id).await?;
    Ok(Json(convert::mobile_id(&seen)))
}

/// Lock, for good
///
/// Its certificates are revoked at once; its encryption certificate as `encryption` says. Also for a user who is not
/// active. Locking a locked one changes nothing, but that with `encryption: revoke` an encryption certificate that was
/// kept is revoked after all.
#[utoipa::path(post, path = url::api::MOBILE_ID_LOCK, tag = "mobile ID", operation_id = "lock_mobile_id", params(("mobile_id" = Uuid, Path)),
    request_body = LockMobileId,
    responses((status = 200, body = MobileId),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_ended", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "lock_reason_wrong", body = Problem, content_type = "application/problem+json")))]
async fn lock(
    app: Here,
    signed_in: SignedIn,
    At(id): At<Uuid>,
    Body(LockMobileId { reason, encryption }): Body<LockMobileId>,
) -> Result<Json<MobileId>, Refusal> {
    let seen = lock_mobile_id::run(&app.context, signed_in.user.id, id, reason, encryption).await?;
    Ok(Json(convert::mobile_id(&seen)))
}

/// Pause
///
/// Its certificates are on hold until it is resumed. Pausing a paused one changes nothing.
#[utoipa::path(post, path = url::api::MOBILE_ID_PAUSE, tag = "mobile ID", operation_id = "pause_mobile_id", params(("mobile_id" = Uuid, Path)),
    responses((status = 200, body = MobileId),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_ended, mobile_id_not_ready", body = Problem, content_type = "application/problem+json")))]
async fn pause(app: Here, signed_in: SignedIn, At(id): At<Uuid>) -> Result<Json<MobileId>, Refusal> {
    let user = signed_in.user.id;
    let paused = pause_mobile_id::run(&app.context, user, id).await;
    let seen = app.heard(user, "pause", paused).await?;
    Ok(Json(convert::mobile_id(&seen)))
}

/// Resume
///
/// What the user paused. Resuming an active one changes nothing.
#[utoipa::path(post, path = url::api::MOBILE_ID_RESUME, tag = "mobile ID", operation_id = "resume_mobile_id", params(("mobile_id" = Uuid, Path)),
    responses((status = 200, body = MobileId),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active, password_needed", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_ended, mobile_id_not_ready, action_not_possible", body = Problem, content_type = "application/problem+json")))]
async fn resume(app: Here, signed_in: SignedIn, At(id): At<Uuid>) -> Result<Json<MobileId>, Refusal> {
    let user = signed_in.user.id;
    let resumed = resume_mobile_id::run(&app.context, user, id, signed_in.since).await;
    let seen = app.heard(user, "resume", resumed).await?;
    Ok(Json(convert::mobile_id(&seen)))
}

/// Take a locked or expired mobile ID out of the list
///
/// Also one that no phone has confirmed and that never will be. The audit log keeps it. Repeating it changes nothing.
#[utoipa::path(delete, path = url::api::MOBILE_ID, tag = "mobile ID", operation_id = "delete_mobile_id", params(("mobile_id" = Uuid, Path)),
    responses((status = 204),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_in_use", body = Problem, content_type = "application/problem+json")))]
async fn delete(app: Here, signed_in: SignedIn, At(id): At<Uuid>) -> Result<StatusCode, Refusal> {
    let user = signed_in.user.id;
    let deleted = delete_mobile_id::run(&app.context, user, id).await;
    app.heard(user, "delete", deleted).await?;
    Ok(StatusCode::NO_CONTENT)
}
