//! The device API over fetch: one function a URL. An answer, or a `Failure` that says what was wrong with it; when
//! to try again is the caller's business.

use gloo_net::http::{Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{
    ActivationCode, ActivationOffer, Claim, Claimed, DeviceEnrollment, KeysAccepted, ProcessState, Receipt,
    SubmitKeys,
};
use shared::url::device as url;
use web_sys::AbortController;

use super::stop::Failure;

/// Longer than the 20 seconds for which the server may hold an answer back.
const ANSWER_WITHIN_MS: u32 = 35_000;

type Answer<T> = Result<T, Failure>;

pub async fn activation(code: &str) -> Answer<ActivationOffer> {
    let code = code.to_owned();
    json(&post(url::ACTIVATION, None, &ActivationCode { code }).await?).await
}

pub async fn decline(code: &str) -> Answer<()> {
    let code = code.to_owned();
    post(url::DECLINE, None, &ActivationCode { code }).await?;
    Ok(())
}

pub async fn claim(claim: &Claim) -> Answer<Claimed> {
    json(&post(url::CLAIM, None, claim).await?).await
}

pub async fn keys(token: &str, keys: &SubmitKeys) -> Answer<KeysAccepted> {
    json(&post(url::KEYS, Some(token), keys).await?).await
}

/// Answers at once, or, with `since`, when the enrollment has left that state (or 20 seconds later).
pub async fn enrollment(token: &str, since: Option<ProcessState>) -> Answer<DeviceEnrollment> {
    let address = match since {
        Some(state) => format!("{}?since={}", url::ENROLLMENT, state.as_str()),
        None => String::from(url::ENROLLMENT),
    };
    json(&send(Request::get(&address), Some(token), RequestBuilder::build).await?).await
}

pub async fn receipt(token: &str, receipt: &Receipt) -> Answer<()> {
    post(url::RECEIPT, Some(token), receipt).await?;
    Ok(())
}

pub async fn cancel(token: &str) -> Answer<()> {
    send(Request::post(url::CANCEL), Some(token), RequestBuilder::build).await?;
    Ok(())
}

async fn post(address: &str, token: Option<&str>, body: &impl Serialize) -> Answer<Response> {
    send(Request::post(address), token, |request| request.json(body)).await
}

async fn send(
    request: RequestBuilder,
    token: Option<&str>,
    build: impl FnOnce(RequestBuilder) -> Result<Request, gloo_net::Error>,
) -> Answer<Response> {
    let controller = AbortController::new().map_err(|_| Failure::NoAnswer)?;
    let request = request
        .cache(web_sys::RequestCache::NoStore)
        .credentials(web_sys::RequestCredentials::Omit)
        .abort_signal(Some(&controller.signal()));
    let request = match token {
        Some(token) => request.header("authorization", &format!("Bearer {token}")),
        None => request,
    };
    let request = build(request).map_err(|_| Failure::NoAnswer)?;
    // A phone that changes networks can leave a fetch without an end.
    let _limit = Timeout::new(ANSWER_WITHIN_MS, move || controller.abort());
    let response = request.send().await.map_err(|_| Failure::NoAnswer)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let problem = response.json().await;
    Err(problem.map_or(Failure::Unreadable { status }, Failure::Problem))
}

async fn json<T: DeserializeOwned>(response: &Response) -> Answer<T> {
    let status = response.status();
    response.json().await.map_err(|_| Failure::Unreadable { status })
}
