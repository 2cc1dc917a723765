//! Certificates for download.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use der::pem::{self, LineEnding};
use shared::{
    problem::{Code, Problem},
    url,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    extract::{At, Here, SignedIn},
    problem::Refusal,
};
use crate::use_case::show_certificate;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(download))
}

/// A certificate, as PEM (RFC 7468) or DER
#[utoipa::path(get, path = url::api::CERTIFICATE, tag = "mobile ID", operation_id = "download_certificate",
    params(("file" = String, Path, description = "The serial number in hex, then .pem or .der")),
    responses((status = 200, content_type = "application/x-pem-file", body = String),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn download(app: Here, signed_in: SignedIn, At(file): At<String>) -> Result<Response, Refusal> {
    let (serial, form) = file.rsplit_once('.').ok_or(Code::NotFound)?;
    let is_pem = match form {
        "pem" => true,
        "der" => false,
        _ => return Err(Code::NotFound.into()),
    };
    let certificate = show_certificate::run(&app.context, signed_in.user.id, &serial.to_uppercase()).await?;
    let name = format!(
        "attachment; filename=\"{}-{}.{form}\"",
        certificate.purpose.as_str(),
        certificate.serial
    );
    let (media_type, body) = if is_pem {
        let text = pem::encode_string("CERTIFICATE", LineEnding::LF, &certificate.der)
            .map_err(|_| Code::Internal)?;
        ("application/x-pem-file", text.into_bytes())
    } else {
        ("application/pkix-cert", certificate.der)
    };
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}
