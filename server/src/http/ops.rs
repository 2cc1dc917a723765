//! For machines that watch the server: is it alive, can it work.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use shared::{problem::Code, url};

use super::{App, problem::Refusal};

pub fn routes() -> Router<App> {
    Router::new()
        .route(url::ops::HEALTHZ, get(alive))
        .route(url::ops::READYZ, get(ready))
        .route(url::ops::METRICS, get(metrics))
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

/// In Prometheus' text format: counts only, read from the outbox, so that they hold across restarts and servers.
async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    let mails = app.context.store.read().mail_counts().await?;
    let oldest = mails
        .oldest_waiting
        .map_or(0, |at| (app.context.clock.now() - at).whole_seconds().max(0));
    let text = format!(
        "# HELP selfservice_mails Mails in the outbox by state.\n# TYPE selfservice_mails gauge\n\
         selfservice_mails{{state=\"waiting\"}} {}\nselfservice_mails{{state=\"sending\"}} {}\n\
         selfservice_mails{{state=\"sent\"}} {}\nselfservice_mails{{state=\"failed\"}} {}\n\
         selfservice_mails{{state=\"cancelled\"}} {}\n\
         # HELP selfservice_mail_oldest_waiting_seconds Age of the oldest mail that waits.\n\
         # TYPE selfservice_mail_oldest_waiting_seconds gauge\n\
         selfservice_mail_oldest_waiting_seconds {oldest}\n",
        mails.waiting, mails.sending, mails.sent, mails.failed, mails.cancelled
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}
