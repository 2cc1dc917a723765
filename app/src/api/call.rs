//! One request, one answer. The generic functions are thin, so that little is compiled for each type.

use gloo_net::http::{Method, Request, RequestBuilder};
use gloo_timers::callback::Timeout;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortController;

use super::{Failure, json, server_time};

/// A device that changes networks can leave a call without an end. Longer than the 20 seconds for which the server
/// may hold an answer back.
const ANSWER_WITHIN_MS: u32 = 35_000;

/// A phone's device token; the portal's calls carry the session cookie instead.
#[derive(Clone, Copy)]
pub struct Bearer<'a>(pub &'a str);

/// The empty object, for calls that have nothing to say.
#[derive(Serialize)]
pub struct Nothing {}

/// For answers without a body, ask for `()`.
pub async fn get<T: DeserializeOwned>(url: &str, bearer: Option<Bearer<'_>>) -> Result<T, Failure> {
    read(&send(Method::GET, url, bearer, None).await?)
}

pub async fn post<T: DeserializeOwned>(
    url: &str,
    bearer: Option<Bearer<'_>>,
    body: &impl Serialize,
) -> Result<T, Failure> {
    let body = serde_json::to_string(body).map_err(|_| Failure::Unreadable { status: 0 })?;
    read(&send(Method::POST, url, bearer, Some(body)).await?)
}

/// For what is answered in a way that nobody needs.
pub async fn put(url: &str, body: &impl Serialize) -> Result<(), Failure> {
    let body = serde_json::to_string(body).map_err(|_| Failure::Unreadable { status: 0 })?;
    send(Method::PUT, url, None, Some(body)).await.map(drop)
}

pub async fn delete(url: &str) -> Result<(), Failure> {
    read(&send(Method::DELETE, url, None, None).await?)
}

/// An answer with a status of success, before it is read.
pub struct Answer {
    status: u16,
    body: String,
}

/// For calls that may have to be made again: one piece of code for answers of every type.
pub async fn send(
    method: Method,
    url: &str,
    bearer: Option<Bearer<'_>>,
    body: Option<String>,
) -> Result<Answer, Failure> {
    let controller = AbortController::new().map_err(|_| Failure::Unreachable)?;
    let mut builder = RequestBuilder::new(url)
        .method(method)
        .abort_signal(Some(&controller.signal()))
        .header("accept", "application/json");
    if let Some(Bearer(token)) = bearer {
        builder = builder.header("authorization", &format!("Bearer {token}"));
    }
    let request: Result<Request, _> = match body {
        Some(body) => builder.header("content-type", "application/json").body(body),
        None => builder.build(),
    };
    let _limit = Timeout::new(ANSWER_WITHIN_MS, move || controller.abort());
    let response = request
        .map_err(|_| Failure::Unreachable)?
        .send()
        .await
        .map_err(|_| Failure::Unreachable)?;
    if let Some(date) = response.headers().get("date") {
        server_time::heed(&date);
    }
    let status = response.status();
    let body = response.text().await.map_err(|_| Failure::Unreachable)?;
    if response.ok() {
        Ok(Answer { status, body })
    } else {
        Err(Failure::of_answer(status, &body))
    }
}

pub fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    // An empty body reads as `()`.
    let body = if answer.body.is_empty() {
        "null"
    } else {
        &answer.body
    };
    json::read(body).ok_or(Failure::Unreadable {
        status: answer.status,
    })
}
