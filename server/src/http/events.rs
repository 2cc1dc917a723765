//! Server-sent events: the process as it changes, while a dialog waits for a phone.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use shared::{problem::Problem, url};
use time::OffsetDateTime;
use tower_sessions::{SessionStore, session::Id};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App, convert,
    extract::{At, Here, SignedIn},
    problem::Refusal,
};
use crate::{store::Sessions, use_case::show_process};

/// The bell rings for what this server changes; the command line and other servers are noticed within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// The process as it changes
///
/// Server-sent events named `process`, each with a ProcessView; the first at once. Ends after a final state, and
/// with an event `signed_out` when the session ends.
#[utoipa::path(get, path = url::api::PROCESS_EVENTS, tag = "process", operation_id = "process_events", params(("process" = Uuid, Path)),
    responses((status = 200, description = "text/event-stream", content_type = "text/event-stream", body = String),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn events(app: Here, signed_in: SignedIn, At(id): At<Uuid>) -> Result<Response, Refusal> {
    // Whose process it is, is settled before the stream begins.
    show_process::run(&app.context, signed_in.user.id, id, signed_in.since).await?;
    let watch = Watch {
        process: id,
        user: signed_in.user.id,
        signed_in_at: signed_in.since,
        session: signed_in.session.id(),
        last: String::new(),
    };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(stream(app, watch))
        .keep_alive(keep_alive)
        .into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-transform"),
    );
    // nginx would hold events back.
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    Ok(response)
}

struct Watch {
    process: Uuid,
    user: Uuid,
    signed_in_at: OffsetDateTime,
    session: Option<Id>,
    last: String,
}

fn stream(app: Here, mut watch: Watch) -> impl futures_core::Stream<Item = Result<Event, Infallible>> {
    async_stream::stream! {
        let mut bell = app.context.changes.listen();
        loop {
            match watch.look(&app).await {
                Look::Same => {}
                Look::Changed(event) => yield Ok(event),
                Look::Last(event) => {
                    yield Ok(event);
                    break;
                }
                Look::Gone => break,
            }
            let rung = async {
                // A bell that rang too often to count means "look".
                while bell.recv().await.is_ok_and(|process| process != watch.process) {}
            };
            tokio::select! {
                () = app.stopping.cancelled() => break,
                () = rung => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }
}

enum Look {
    Same,
    Changed(Event),
    Last(Event),
    Gone,
}

impl Watch {
    async fn look(&mut self, app: &Here) -> Look {
        let session = Sessions(app.context.store.clone());
        let lives = match &self.session {
            Some(id) => session.load(id).await.is_ok_and(|found| found.is_some()),
            None => false,
        };
        if !lives {
            return Look::Last(Event::default().event("signed_out").data("{}"));
        }
        let Ok(seen) = show_process::run(&app.context, self.user, self.process, self.signed_in_at).await
        else {
            return Look::Gone;
        };
        let data = serde_json::to_string(&convert::process(&seen)).unwrap_or_default();
        if data == self.last {
            return Look::Same;
        }
        let event = Event::default().event("process").data(&data);
        self.last = data;
        if seen.process.state().is_final() {
            Look::Last(event)
        } else {
            Look::Changed(event)
        }
    }
}
