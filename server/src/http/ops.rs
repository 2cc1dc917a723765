//! For machines that watch the server: is it alive, can it work.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use shared::{problem::Code, url};

use super::{App, problem::Refusal};

pub fn routes() -> Router<App> {
    Router::new()
        .route(url::ops::HEALTHZ, get(alive))
        .route(url::ops::READYZ, get(ready))
}

/// The process runs and answers.
async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database answers too, and the server is not stopping.
async fn ready(State(app): State<App>) -> Result<StatusCode, Refusal> {
    if app.stopping.is_cancelled() {
        return Err(Code::Unavailable.into());
    }
    app.context.store.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}
