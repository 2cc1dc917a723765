//! The site map of the server, and the layers around it.

use std::time::Duration;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use shared::{problem::Code, url};
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};
use utoipa::{OpenApi, openapi};
use utoipa_axum::router::OpenApiRouter;

use super::{
    App, certificate, dashboard, device, events, mail, mail_link, mobile_id, mobile_id_test,
    openapi::Description, ops, options, pki, problem::Refusal, process, recovery, security, session, web,
};
use crate::store::Sessions;

/// Three requests of 16 KiB in base64, and room to spare.
const MAX_BODY: usize = 96 * 1_024;
/// Longer than a phone's question is held.
const MAX_TIME: Duration = Duration::from_secs(30);
/// `__Host-` binds the cookie to this host and to https.
const COOKIE: &str = "__Host-selfservice";
/// Where the site runs on http://localhost, and browsers differ about `Secure`.
const LOCAL_COOKIE: &str = "selfservice";

/// What the OpenAPI description describes: the portal's routes, those for phones, which know no session, and the
/// description.
pub fn api() -> (Router<App>, Router<App>, openapi::OpenApi) {
    let portal = OpenApiRouter::with_openapi(Description::openapi())
        .merge(session::routes())
        .merge(dashboard::routes())
        .merge(process::routes())
        .merge(events::routes())
        .merge(mobile_id::routes())
        .merge(mobile_id_test::routes())
        .merge(mail_link::routes())
        .merge(certificate::routes())
        .merge(options::routes())
        .merge(mail::routes())
        .merge(recovery::routes());
    let (portal, mut description) = portal.split_for_parts();
    let (device, of_device) = device::routes().split_for_parts();
    description.merge(of_device);
    (portal, device, description)
}

pub fn router(app: App) -> Router {
    let (portal, device, description) = api();
    let api = portal
        .route(url::api::OPENAPI, get(async move || Json(description)))
        .route("/api", get(nothing))
        .route("/api/", get(nothing))
        .route("/api/{*rest}", axum::routing::any(nothing))
        .layer(sessions(&app))
        .merge(device)
        .layer((
            middleware::from_fn(security::problems),
            TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MAX_TIME),
            RequestBodyLimitLayer::new(MAX_BODY),
            CsrfLayer::new(),
        ));
    // Together, the outermost first: each `layer` of a router is a box more around every request.
    let around = (
        app.settings.http.client_ip.clone().into_extension(),
        SetRequestIdLayer::x_request_id(MakeRequestUuid),
        PropagateRequestIdLayer::x_request_id(),
        TraceLayer::new_for_http()
            .make_span_with(span)
            .on_response(DefaultOnResponse::new().level(tracing::Level::INFO)),
        middleware::from_fn_with_state(app.clone(), security::headers),
        CatchPanicLayer::custom(panicked),
    );
    Router::new()
        .merge(api)
        .merge(pki::routes())
        .merge(ops::routes())
        .fallback(web::serve)
        .layer(around)
        .with_state(app)
}

/// A panic ends its request alone. tower-http logs nothing of it; the panic hook has.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Refusal::from(Code::Internal).into_response()
}

async fn nothing() -> Refusal {
    Code::NotFound.into()
}

fn sessions(app: &App) -> SessionManagerLayer<Sessions> {
    let is_https = app.settings.is_https();
    SessionManagerLayer::new(Sessions(app.context.store.clone()))
        .with_name(if is_https { COOKIE } else { LOCAL_COOKIE })
        .with_secure(is_https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(app.settings.sign_in.session_idle))
}

/// Method, path and request id. No query, no header, no body: secrets travel there.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}
