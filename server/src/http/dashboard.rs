//! The dashboard.

use axum::Json;
use shared::{api::Dashboard, problem::Problem, url};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, convert,
    extract::{Here, SignedIn},
    problem::Refusal,
};
use crate::use_case::show_dashboard;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// What the signed-in user can do and has
#[utoipa::path(get, path = url::api::DASHBOARD, tag = "dashboard", operation_id = "show_dashboard",
    responses((status = 200, body = Dashboard), (status = 401, body = Problem, content_type = "application/problem+json")))]
async fn show(app: Here, signed_in: SignedIn) -> Result<Json<Dashboard>, Refusal> {
    let seen = show_dashboard::run(&app.context, &signed_in.user).await?;
    Ok(Json(Dashboard {
        start_refused: seen.start_refused.map(|error| Refusal::from(error).code()),
        open_process: seen.open_process.as_ref().map(convert::open_process),
        mobile_ids: seen
            .mobile_ids
            .iter()
            .map(|mobile_id| convert::summary(mobile_id, &app.context.limits, seen.now))
            .collect(),
        expiring: seen
            .expiring
            .iter()
            .map(|mobile_id| convert::expiring(mobile_id, seen.now))
            .collect(),
    }))
}
