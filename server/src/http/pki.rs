//! The CA's public files and its OCSP responder, at the addresses that every certificate names.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64ct::{Base64, Encoding};
use shared::{problem::Code, url};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};
use tower_http::timeout::TimeoutLayer;

use super::{App, problem::Refusal};
use crate::{
    ca::ocsp::{ANSWER_LIFETIME, OcspRefusal},
    use_case::{answer_ocsp, publish_crl},
};

/// A request for one certificate takes some 80 octets, 250 with a long nonce.
const MAX_REQUEST: usize = 8 * 1_024;
const MAX_TIME: Duration = Duration::from_secs(30);
/// How long others may keep an answer: a change shall show soon.
const KEPT_SECONDS: i64 = 300;
const OCSP_RESPONSE: HeaderValue = HeaderValue::from_static("application/ocsp-response");
/// RFC 9110, section 5.6.7.
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

pub fn routes() -> Router<App> {
    Router::new()
        .route(url::pki::ROOT, get(root))
        .route(url::pki::ROOT_CRL, get(root_crl))
        .route(url::pki::ISSUING, get(first_issuing))
        .route(url::pki::CRL, get(first_crl))
        .route(url::pki::LATER, get(later))
        .route(url::pki::OCSP, post(ocsp_by_post))
        .route(url::pki::OCSP_GET, get(ocsp_by_get))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            MAX_TIME,
        ))
}

async fn root(State(app): State<App>) -> Response {
    certificate(app.context.ca.root_der())
}

/// Where the root's key was never at hand since lists are signed, there is none.
async fn root_crl(State(app): State<App>) -> Result<Response, Refusal> {
    let list = app.context.ca.root_crl().map_err(|error| {
        tracing::error!(%error, "the root's list cannot be read");
        Code::Unavailable
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/pkix-crl"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, list.ok_or(Code::NotFound)?).into_response())
}

async fn first_issuing(State(app): State<App>) -> Result<Response, Refusal> {
    issuing(&app, 1)
}

async fn first_crl(State(app): State<App>) -> Result<Response, Refusal> {
    crl(&app, 1).await
}

/// Of the issuing CA's further generations.
async fn later(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Refusal> {
    let (stem, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
    match (url::pki::generation(stem), kind) {
        (Some(generation), "cer") => issuing(&app, generation),
        (Some(generation), "crl") => crl(&app, generation).await,
        _ => Err(Code::NotFound.into()),
    }
}

fn issuing(app: &App, generation: u32) -> Result<Response, Refusal> {
    let generation = app.context.ca.generation(generation).ok_or(Code::NotFound)?;
    Ok(certificate(generation.der()))
}

async fn crl(app: &App, generation: u32) -> Result<Response, Refusal> {
    let crl = publish_crl::run(&app.context, generation).await?;
    let mut response = crl.der.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pkix-crl"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    set(headers, header::ETAG, &format!("\"{}\"", crl.number));
    set(headers, header::LAST_MODIFIED, &http_date(crl.this_update));
    Ok(response)
}

fn certificate(der: &[u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pkix-cert"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, der.to_vec()).into_response()
}

/// RFC 6960, appendix A.1: the request as it is.
async fn ocsp_by_post(State(app): State<App>, body: Result<Bytes, BytesRejection>) -> Response {
    match body {
        Ok(request) => answered(&app, &request).await,
        Err(_) => refused(OcspRefusal::Malformed),
    }
}

/// The same appendix: the request in base64, as the rest of the path.
async fn ocsp_by_get(State(app): State<App>, Path(text): Path<String>) -> Response {
    // A client that leaves the padding away is understood.
    let padded = format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4));
    match Base64::decode_vec(&padded) {
        Ok(request) if request.len() <= MAX_REQUEST => answered(&app, &request).await,
        _ => refused(OcspRefusal::Malformed),
    }
}

async fn answered(app: &App, request: &[u8]) -> Response {
    let answer = match answer_ocsp::run(&app.context, request).await {
        Ok(answer) => answer,
        Err(refusal) => return refused(refusal),
    };
    let mut response = Vec::clone(&answer.der).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, OCSP_RESPONSE);
    // RFC 5019, section 6.2.
    if answer.is_shared {
        let left = (answer.made_at + ANSWER_LIFETIME - app.context.clock.now()).whole_seconds();
        let kept = left.clamp(0, KEPT_SECONDS);
        set(
            headers,
            header::CACHE_CONTROL,
            &format!("public, max-age={kept}, no-transform, must-revalidate"),
        );
        set(headers, header::LAST_MODIFIED, &http_date(answer.made_at));
        set(
            headers,
            header::EXPIRES,
            &http_date(answer.made_at + ANSWER_LIFETIME),
        );
    }
    response
}

/// Without bytes, and never kept.
fn refused(refusal: OcspRefusal) -> Response {
    ([(header::CONTENT_TYPE, OCSP_RESPONSE)], refusal.response()).into_response()
}

fn set(headers: &mut axum::http::HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn http_date(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC)
        .format(HTTP_DATE)
        .unwrap_or_default()
}
