//! The menu Mobile ID.

use axum::{Json, extract::State};
use shared::{
    api::{MobileId, MobileIdSummary},
    problem::Problem,
    url,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App, convert,
    extract::{At, SignedIn},
    problem::Refusal,
};
use crate::use_case::{list_mobile_ids, show_mobile_id};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// The user's mobile IDs, newest first
#[utoipa::path(get, path = url::api::MOBILE_IDS, tag = "mobile ID", operation_id = "list_mobile_ids",
    responses((status = 200, body = Vec<MobileIdSummary>), (status = 401, body = Problem, content_type = "application/problem+json")))]
async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Vec<MobileIdSummary>>, Refusal> {
    let (mobile_ids, now) = list_mobile_ids::run(&app.context, signed_in.user.id).await?;
    Ok(Json(
        mobile_ids
            .iter()
            .map(|mobile_id| convert::summary(mobile_id, now))
            .collect(),
    ))
}

/// One mobile ID, with certificates and history
#[utoipa::path(get, path = url::api::MOBILE_ID, tag = "mobile ID", operation_id = "show_mobile_id", params(("mobile_id" = Uuid, Path)),
    responses((status = 200, body = MobileId),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(
    State(app): State<App>,
    signed_in: SignedIn,
    At(id): At<Uuid>,
) -> Result<Json<MobileId>, Refusal> {
    let seen = show_mobile_id::run(&app.context, signed_in.user.id, id).await?;
    Ok(Json(convert::mobile_id(&seen)))
}
