//! The device API: what a phone may ask with an activation code or its device token. Only POST changes anything.

use std::net::IpAddr;

use axum::{Json, extract::Query, http::StatusCode};
use serde::Deserialize;
use shared::{
    api::{
        ActivationCode, ActivationOffer, Claim, Claimed, DeviceEnrollment, Installation, KeysAccepted,
        ProcessState, Receipt, SubmitKeys,
    },
    problem::{Code, Problem},
    protocol, url,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, convert,
    extract::{self, Address, Body, Device, Here},
    held::Held,
    problem::Refusal,
};
use crate::{
    domain::{process::Stage, secret::token_hash},
    use_case::{
        DeviceError,
        accept_receipt::{self, Proof},
        claim, decline,
        device_enrollment::{self, Enrollment, Installation as Installed},
        give_up_on_phone, look_at_code, submit_keys,
    },
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(look))
        .routes(routes!(claim))
        .routes(routes!(decline))
        .routes(routes!(enrollment))
        .routes(routes!(keys))
        .routes(routes!(receipt))
        .routes(routes!(cancel))
}

/// What a code would set up, without using it
#[utoipa::path(post, path = url::device::ACTIVATION, tag = "device", operation_id = "look_at_code", security(()), request_body = ActivationCode,
    responses((status = 200, body = ActivationOffer),
        (status = 404, description = "activation_code_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "activation_code_used", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "activation_code_expired, activation_code_replaced, activation_cancelled", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "activation_code_malformed", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn look(
    app: Here,
    Address(address): Address,
    Body(body): Body<ActivationCode>,
) -> Result<Json<ActivationOffer>, Refusal> {
    let look = look_at_code::run(&app.context, &body.code);
    let offer = limited(&app, address, &body.code, look).await?;
    Ok(Json(ActivationOffer {
        user: offer.user.masked_name(),
        server_name: offer.server_name,
        expires_at: convert::timestamp(offer.expires_at),
    }))
}

/// Use the code, once
///
/// The phone makes and stores its device token before it asks; asking again with the same token is answered alike.
#[utoipa::path(post, path = url::device::CLAIM, tag = "device", operation_id = "claim", security(()), request_body = Claim,
    responses((status = 200, body = Claimed),
        (status = 404, description = "activation_code_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "activation_code_used", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "activation_code_expired, activation_code_replaced, activation_cancelled", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "activation_code_malformed", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn claim(
    app: Here,
    Address(address): Address,
    Body(body): Body<Claim>,
) -> Result<Json<Claimed>, Refusal> {
    let malformed = || Refusal::from(Code::MalformedRequest).detail("device_token: base64url of 32 octets");
    let token = token_hash(&body.device_token).ok_or_else(malformed)?;
    let claim = Box::pin(claim::run(&app.context, &body.code, token, &body.phone));
    let claimed = limited(&app, address, &body.code, claim).await?;
    let process = claimed.process;
    Ok(Json(Claimed {
        process: process.id,
        user: claimed.user.masked_name(),
        server_name: process.plan.server_name.clone(),
        profile_name: process.plan.profile_name.clone(),
        purposes: process.plan.phone_purposes(),
        transport_key: process.plan.wants_transport_key(),
        expires_at: convert::timestamp(process.until().unwrap_or(process.started_at)),
    }))
}

/// "I did not ask for this", with the code
#[utoipa::path(post, path = url::device::DECLINE, tag = "device", operation_id = "decline", security(()), request_body = ActivationCode,
    responses((status = 204),
        (status = 404, description = "activation_code_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "activation_code_used", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "activation_code_expired, activation_code_replaced, activation_cancelled", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "activation_code_malformed", body = Problem, content_type = "application/problem+json")))]
async fn decline(
    app: Here,
    Address(address): Address,
    Body(body): Body<ActivationCode>,
) -> Result<StatusCode, Refusal> {
    let decline = Box::pin(decline::run(&app.context, &body.code));
    limited(&app, address, &body.code, decline).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A short code can be guessed, so guessing is limited; 256 bits cannot.
async fn limited<T>(
    app: &Here,
    address: IpAddr,
    code: &str,
    look_up: impl Future<Output = Result<T, DeviceError>>,
) -> Result<T, Refusal> {
    if !protocol::activation::Code::parse(code).is_ok_and(|code| code.is_short()) {
        return Ok(look_up.await?);
    }
    app.attempts.guess(address)?;
    let found = look_up.await;
    if !matches!(found, Err(DeviceError::CodeUnknown)) {
        app.attempts.guessed_right(address);
    }
    Ok(found?)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// The state that the phone knows: the answer waits, up to 20 seconds, until there is another.
    since: Option<ProcessState>,
}

/// Where the phone's enrollment stands
#[utoipa::path(get, path = url::device::ENROLLMENT, tag = "device", operation_id = "show_enrollment", params(Since),
    security(("device_token" = [])),
    responses((status = 200, body = DeviceEnrollment),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json")))]
async fn enrollment(
    app: Here,
    Device(token): Device,
    query: Result<Query<Since>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<DeviceEnrollment>, Refusal> {
    let Query(Since { since }) = query.map_err(|error| {
        Refusal::from(Code::MalformedRequest).detail(extract::without_values(&error.body_text()))
    })?;
    let mut held = Held::begin(&app);
    loop {
        let seen = device_enrollment::run(&app.context, token).await?;
        let is_news = since != Some(seen.process.state()) || seen.process.state().is_final();
        if is_news || !held.wait(&app, seen.process.id).await {
            return Ok(Json(told(&app, &seen)?));
        }
    }
}

/// The phone's PKCS#10 requests
///
/// One for each wanted purpose, and the transport key where it is wanted. Sending the same keys again is answered alike.
#[utoipa::path(post, path = url::device::KEYS, tag = "device", operation_id = "submit_keys", request_body = SubmitKeys,
    security(("device_token" = [])),
    responses((status = 200, body = KeysAccepted),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "key_used_before, action_not_possible, process_ended", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "key_set_wrong, key_request_malformed, key_type_refused, key_proof_wrong", body = Problem, content_type = "application/problem+json")))]
async fn keys(
    app: Here,
    Device(token): Device,
    Body(body): Body<SubmitKeys>,
) -> Result<Json<KeysAccepted>, Refusal> {
    let mut requests = Vec::with_capacity(body.keys.len());
    for key in &body.keys {
        requests.push((
            key.purpose,
            protocol::decode(&key.request).ok_or(Code::KeyRequestMalformed)?,
        ));
    }
    let transport_key = body.transport_key.as_deref().map(|key| {
        let malformed = Code::KeyRequestMalformed;
        protocol::decode(key).ok_or(malformed)
    });
    let transport_key = transport_key.transpose()?;
    let accepted = submit_keys::run(&app.context, token, &requests, transport_key.as_deref()).await?;
    Ok(Json(KeysAccepted {
        nonce: protocol::encode(&accepted.nonce),
        expires_at: convert::timestamp(accepted.until),
    }))
}

/// The install receipt
///
/// Makes the certificates valid and the mobile ID active. Sending it again is answered alike.
#[utoipa::path(post, path = url::device::RECEIPT, tag = "device", operation_id = "accept_receipt", request_body = Receipt,
    security(("device_token" = [])),
    responses((status = 204),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "action_not_possible, process_ended", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "receipt_wrong", body = Problem, content_type = "application/problem+json")))]
async fn receipt(app: Here, Device(token): Device, Body(body): Body<Receipt>) -> Result<StatusCode, Refusal> {
    let signature = protocol::decode(&body.signature).ok_or(Code::ReceiptWrong)?;
    let mut proofs = Vec::with_capacity(body.proofs.len());
    for proof in body.proofs {
        let answer = protocol::decode(&proof.answer).ok_or(Code::ReceiptWrong)?;
        let serial = proof.serial;
        proofs.push(Proof { serial, answer });
    }
    accept_receipt::run(&app.context, token, body.mobile_id, &signature, &proofs).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The phone gives up
#[utoipa::path(post, path = url::device::CANCEL, tag = "device", operation_id = "give_up", security(("device_token" = [])),
    responses((status = 204),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "process_ended", body = Problem, content_type = "application/problem+json")))]
async fn cancel(app: Here, Device(token): Device) -> Result<StatusCode, Refusal> {
    give_up_on_phone::run(&app.context, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(app: &Here, seen: &Enrollment) -> Result<DeviceEnrollment, Refusal> {
    let process = &seen.process;
    let installation = match &seen.installation {
        Some(installed) => Some(installation(app, installed)?),
        None => None,
    };
    Ok(DeviceEnrollment {
        process: process.id,
        state: process.state(),
        ending: process.ending(),
        expires_at: process.until().map(convert::timestamp),
        nonce: match &process.stage {
            Stage::KeysReceived(stage) => Some(protocol::encode(&stage.nonce)),
            _ => None,
        },
        installation,
    })
}

fn installation(app: &Here, installed: &Installed) -> Result<Installation, Refusal> {
    let ca = &app.context.ca;
    let named = installed.certificates.first();
    let named = named.map(|certificate| &*certificate.issuer);
    let Some(issuer) = named.and_then(|name| ca.issued_by(name)) else {
        tracing::error!(
            named,
            "the issuing CA was renewed, and this server does not know it yet: restart it"
        );
        return Err(Code::Unavailable.into());
    };
    let chain = [issuer.der(), ca.root_der()].map(protocol::encode).to_vec();
    Ok(convert::installation(installed, chain))
}
