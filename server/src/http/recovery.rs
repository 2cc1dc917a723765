//! Requests to recover encryption keys, as those see them who may decide on them.

use axum::Json;
use shared::{
    api::{DecideRecovery, RecoveryRequest},
    problem::Problem,
    url::admin,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App, convert,
    extract::{At, Body, Here, SecondPerson},
    problem::Refusal,
};
use crate::use_case::{decide_recovery, list_recoveries};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(decide))
}

/// Requests to recover encryption keys: the pending ones, then the newest fifty that wait no more
///
/// For operators and administrators.
#[utoipa::path(get, path = admin::RECOVERIES, tag = "recovery", operation_id = "list_recoveries",
    responses((status = 200, body = Vec<RecoveryRequest>),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json")))]
async fn list(
    app: Here,
    SecondPerson(signed_in): SecondPerson,
) -> Result<Json<Vec<RecoveryRequest>>, Refusal> {
    let seen = list_recoveries::run(&app.context, signed_in.user.id).await?;
    Ok(Json(seen.into_iter().map(convert::recovery_request).collect()))
}

/// Approve or refuse a recovery
///
/// For operators and administrators, and never for the user whose keys they are. Of two who decide at once, one does.
#[utoipa::path(post, path = admin::RECOVERY_DECISION, tag = "recovery", operation_id = "decide_recovery", params(("recovery" = Uuid, Path)),
    request_body = DecideRecovery,
    responses((status = 200, body = RecoveryRequest),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active, recovery_own", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "recovery_decided", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "reason_missing", body = Problem, content_type = "application/problem+json")))]
async fn decide(
    app: Here,
    SecondPerson(signed_in): SecondPerson,
    At(id): At<Uuid>,
    Body(body): Body<DecideRecovery>,
) -> Result<Json<RecoveryRequest>, Refusal> {
    let by = signed_in.user.id;
    let seen = decide_recovery::run(&app.context, by, id, body.decision, &body.reason).await?;
    Ok(Json(convert::recovery_request(seen)))
}
