//! The CA's public files, at the addresses that every certificate names.

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use shared::url;

use super::{App, problem::Refusal};
use crate::use_case::publish_crl;

pub fn routes() -> Router<App> {
    Router::new()
        .route(url::pki::ROOT, get(root))
        .route(url::pki::ISSUING, get(issuing))
        .route(url::pki::CRL, get(crl))
}

async fn root(State(app): State<App>) -> Response {
    certificate(app.context.ca.root_der())
}

async fn issuing(State(app): State<App>) -> Response {
    certificate(app.context.ca.issuing_der())
}

async fn crl(State(app): State<App>) -> Result<Response, Refusal> {
    let crl = publish_crl::run(&app.context).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pkix-crl"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    Ok((headers, crl).into_response())
}

fn certificate(der: &[u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pkix-cert"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, der.to_vec()).into_response()
}
