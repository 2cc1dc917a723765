//! For machines that watch the server: is it alive, can it work.

use std::fmt::Write as _;

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

/// In Prometheus' text format: counts that stand in the database, so that they hold across restarts and servers, and
/// whether this server's key archive works.
async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    let text = format!("{}{}", mails(&app).await?, archive(&app).await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}

async fn archive(app: &App) -> Result<String, Refusal> {
    let works = app.context.with_archive(|archive| archive.check().is_ok()).await;
    let mut text = format!(
        "# HELP selfservice_archive_works Whether keys can be archived and recovered now.\n\
         # TYPE selfservice_archive_works gauge\nselfservice_archive_works {}\n\
         # HELP selfservice_archived_keys Archived keys by the recovery key that opens them.\n\
         # TYPE selfservice_archived_keys gauge\n",
        u8::from(works.unwrap_or(false))
    );
    for (recovery_key, keys) in app.context.store.read().recovery_keys_in_use().await? {
        let _ = writeln!(
            text,
            "selfservice_archived_keys{{recovery_key=\"{recovery_key}\"}} {keys}"
        );
    }
    Ok(text)
}

async fn mails(app: &App) -> Result<String, Refusal> {
    let mails = app.context.store.read().mail_counts().await?;
    let oldest = mails
        .oldest_waiting
        .map_or(0, |at| (app.context.clock.now() - at).whole_seconds().max(0));
    Ok(format!(
        "# HELP selfservice_mails Mails in the outbox by state.\n# TYPE selfservice_mails gauge\n\
         selfservice_mails{{state=\"waiting\"}} {}\nselfservice_mails{{state=\"sending\"}} {}\n\
         selfservice_mails{{state=\"sent\"}} {}\nselfservice_mails{{state=\"failed\"}} {}\n\
         selfservice_mails{{state=\"cancelled\"}} {}\n\
         # HELP selfservice_mail_oldest_waiting_seconds Age of the oldest mail that waits.\n\
         # TYPE selfservice_mail_oldest_waiting_seconds gauge\n\
         selfservice_mail_oldest_waiting_seconds {oldest}\n",
        mails.waiting, mails.sending, mails.sent, mails.failed, mails.cancelled
    ))
}
