//! "Test it now", from the portal and on the phone; and what a phone learns of its mobile ID.

use axum::{Json, extract::Query};
use serde::Deserialize;
use shared::{
    api::{DeviceMobileId, MobileIdState, MobileIdTest, TestAnswer, TestChallenge},
    problem::{Code, Problem},
    protocol, url,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    App, convert,
    extract::{self, At, Body, Device, Here, SignedIn},
    held::Held,
    problem::Refusal,
};
use crate::domain::secret::Hash;
use crate::use_case::{TestAsker, answer_test, begin_test, device_mobile_id, show_test};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, begin))
        .routes(routes!(mobile_id))
        .routes(routes!(begin_on_phone))
        .routes(routes!(answer))
}

/// Begin a test
///
/// The phone signs a challenge as soon as its page is open. Where a test waits already, the answer is that test.
#[utoipa::path(post, path = url::api::MOBILE_ID_TEST, tag = "mobile ID", operation_id = "begin_test", params(("mobile_id" = Uuid, Path)),
    responses((status = 200, body = MobileIdTest),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_ended, mobile_id_not_ready", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn begin(
    app: Here,
    signed_in: SignedIn,
    At(mobile_id): At<Uuid>,
) -> Result<Json<MobileIdTest>, Refusal> {
    let user = signed_in.user.id;
    app.attempts.test(Hash::of(mobile_id.as_bytes()))?;
    let test = begin_test::run(&app.context, TestAsker::User { user, mobile_id }).await?;
    Ok(Json(convert::test(&test, app.context.clock.now())))
}

/// The newest test
///
/// `null` where it was never tested.
#[utoipa::path(get, path = url::api::MOBILE_ID_TEST, tag = "mobile ID", operation_id = "show_test", params(("mobile_id" = Uuid, Path)),
    responses((status = 200, body = Option<MobileIdTest>),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(
    app: Here,
    signed_in: SignedIn,
    At(mobile_id): At<Uuid>,
) -> Result<Json<Option<MobileIdTest>>, Refusal> {
    let test = show_test::run(&app.context, signed_in.user.id, mobile_id).await?;
    let now = app.context.clock.now();
    Ok(Json(test.map(|test| convert::test(&test, now))))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// The state that the phone knows: the answer waits, up to 20 seconds, until there is another, or a test.
    since: Option<MobileIdState>,
}

/// What became of the phone's mobile ID
#[utoipa::path(get, path = url::device::MOBILE_ID, tag = "device", operation_id = "show_device_mobile_id", params(Since),
    security(("device_token" = [])),
    responses((status = 200, body = DeviceMobileId),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_not_ready", body = Problem, content_type = "application/problem+json")))]
async fn mobile_id(
    app: Here,
    Device(token): Device,
    query: Result<Query<Since>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<DeviceMobileId>, Refusal> {
    let Query(Since { since }) = query.map_err(|error| {
        Refusal::from(Code::MalformedRequest).detail(extract::without_values(&error.body_text()))
    })?;
    let mut held = Held::begin(&app);
    loop {
        let seen = device_mobile_id::run(&app.context, token).await?;
        let is_news = since != Some(seen.mobile_id.state_at(seen.now)) || seen.test.is_some();
        if is_news || !held.wait(&app, seen.mobile_id.process).await {
            return Ok(Json(convert::device_mobile_id(&seen)));
        }
    }
}

/// Begin a test on the phone itself
#[utoipa::path(post, path = url::device::TEST, tag = "device", operation_id = "begin_test_on_phone", security(("device_token" = [])),
    responses((status = 200, body = TestChallenge),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "mobile_id_ended, mobile_id_not_ready", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn begin_on_phone(app: Here, Device(token): Device) -> Result<Json<TestChallenge>, Refusal> {
    app.attempts.test(token)?;
    let test = begin_test::run(&app.context, TestAsker::Phone(token)).await?;
    Ok(Json(convert::challenge(&test)))
}

/// The signature over a test's challenge
///
/// The answer is what was found. Sending it again is answered alike.
#[utoipa::path(post, path = url::device::TEST_ANSWER, tag = "device", operation_id = "answer_test", request_body = TestAnswer,
    security(("device_token" = [])),
    responses((status = 200, body = MobileIdTest),
        (status = 400, description = "malformed_request", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "device_token_unknown", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "test_ended, mobile_id_not_ready", body = Problem, content_type = "application/problem+json")))]
async fn answer(
    app: Here,
    Device(token): Device,
    Body(body): Body<TestAnswer>,
) -> Result<Json<MobileIdTest>, Refusal> {
    let malformed = || Refusal::from(Code::MalformedRequest).detail("signature: base64url");
    let signature = protocol::decode(&body.signature).ok_or_else(malformed)?;
    let test = answer_test::run(&app.context, token, body.test, &signature).await?;
    Ok(Json(convert::test(&test, app.context.clock.now())))
}
