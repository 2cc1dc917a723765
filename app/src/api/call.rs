//! One request, one answer. The generic functions are thin, so that little is compiled for each type.

use leptos::prelude::window;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::AbortController;

use super::{Failure, json, server_time};
use crate::js::{self, call, get as member, object, set, settled};

/// A device that changes networks can leave a call without an end. Longer than the 20 seconds for which the server
/// may hold an answer back.
const ANSWER_WITHIN_MS: i32 = 35_000;

/// Of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method(&'static str);

impl Method {
    pub const GET: Self = Self("GET");
    pub const POST: Self = Self("POST");
    pub const PUT: Self = Self("PUT");
    pub const DELETE: Self = Self("DELETE");
}

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
    let limit = abort_later(&controller);
    let answer = fetched(&controller, method, url, bearer, body).await;
    window().clear_timeout_with_handle(limit);
    let (status, body) = answer.map_err(|_: JsValue| Failure::Unreachable)?;
    if (200..300).contains(&status) {
        Ok(Answer { status, body })
    } else {
        Err(Failure::of_answer(status, &body))
    }
}

/// Status and body.
async fn fetched(
    controller: &AbortController,
    method: Method,
    url: &str,
    bearer: Option<Bearer<'_>>,
    body: Option<String>,
) -> Result<(u16, String), JsValue> {
    let headers = object(&[("accept", &"application/json".into())]);
    let options = object(&[
        ("method", &method.0.into()),
        ("headers", &headers),
        ("signal", &controller.signal()),
    ]);
    if let Some(Bearer(token)) = bearer {
        set(&headers, "authorization", &format!("Bearer {token}").into());
    }
    if let Some(body) = body {
        set(&headers, "content-type", &"application/json".into());
        set(&options, "body", &body.into());
    }
    let response = settled(call(&window(), "fetch", &[&url.into(), &options])).await?;
    let date = call(&member(&response, "headers"), "get", &[&"date".into()])?;
    if let Some(date) = date.as_string() {
        server_time::heed(&date);
    }
    let body = settled(call(&response, "text", &[])).await?;
    let Some(status) = member(&response, "status").as_f64() else {
        return Err(response);
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status has three digits"
    )]
    let status = status as u16;
    Ok((status, body.as_string().unwrap_or_default()))
}

/// The handle of a timer.
fn abort_later(controller: &AbortController) -> i32 {
    let limit = js::method(controller, "abort").and_then(|abort| {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(&abort, ANSWER_WITHIN_MS)
    });
    // Without a timer: no timer has this handle.
    limit.unwrap_or_default()
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
