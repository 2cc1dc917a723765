//! The process Get mobile ID: start, look, next, new code, cancel. Each call is a value, answered by the process as it
//! is then, so that one piece of code makes them all.

use serde::Serialize;
use shared::api::{CancelProcess, Dashboard, NextStep, ProcessKind, ProcessView, StartProcess};
use shared::url::api;
use uuid::Uuid;

use super::{Failure, Method, Nothing};

pub async fn dashboard() -> Result<Dashboard, Failure> {
    super::get(api::DASHBOARD, None).await
}

pub struct Request {
    address: String,
    /// Of a POST; a GET has none.
    body: Option<String>,
}

impl Request {
    pub async fn send(self) -> Result<ProcessView, Failure> {
        let method = if self.body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        super::read(&super::send(method, &self.address, None, self.body).await?)
    }
}

fn post(address: String, body: &impl Serialize) -> Request {
    // The wire types have text keys only, so they always become JSON.
    let body = Some(serde_json::to_string(body).unwrap_or_default());
    Request { address, body }
}

/// The user's open process where there is one already.
pub fn start() -> Request {
    let kind = ProcessKind::GetMobileId;
    post(api::PROCESSES.to_owned(), &StartProcess { kind })
}

pub fn look(id: Uuid) -> Request {
    let address = api::process(id);
    Request { address, body: None }
}

pub fn next(id: Uuid, next: &NextStep) -> Request {
    post(api::process_next(id), next)
}

/// A new activation code; its answer is the only one that carries it.
pub fn new_code(id: Uuid) -> Request {
    post(api::process_code(id), &Nothing {})
}

/// A new activation code by e-mail.
pub fn mail_code(id: Uuid) -> Request {
    post(api::process_mail(id), &Nothing {})
}

pub fn cancel(id: Uuid, not_my_phone: bool) -> Request {
    post(api::process_cancel(id), &CancelProcess { not_my_phone })
}
