//! The way to the server: JSON over HTTP, with patience. What a lost network or a busy server swallows is asked
//! again: every message of the device protocol may be repeated.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::problem::{self, Problem};
use tokio::time::{Instant, sleep};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than the server lets a question about progress wait.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(90);
const MAX_ANSWER_OCTETS: usize = 1024 * 1024;
const FIRST_PATIENCE: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// The server's own words.
    #[error("the server says: {} ({})", .0.title, .0.code.as_str())]
    Refused(Box<Problem>),
    #[error("the server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the answer (status {0}) is not one of this portal: is the link right?")]
    Foreign(StatusCode),
}

#[derive(Debug, Clone)]
pub struct Connection {
    client: Client,
    base: String,
    patience: Duration,
    /// Whether the server ever answered: until then, a wrong address is likelier than a lost network.
    reached: Arc<AtomicBool>,
}

impl Connection {
    /// `patience`: for how long a lost network or a busy server is tried again; zero for never.
    pub fn new(base: &str, patience: Duration) -> Result<Self, ConnectionError> {
        let client = Client::builder()
            .user_agent(concat!("selfservice-phone/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            // A code or a token goes to the server of the link and to no other.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(ConnectionError::Unreachable)?;
        Ok(Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
            patience,
            reached: Arc::default(),
        })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, token: &str) -> Result<T, ConnectionError> {
        let answer = self.ask(|| self.to(Method::GET, path).bearer_auth(token)).await?;
        parse(&answer)
    }

    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &impl Serialize,
    ) -> Result<T, ConnectionError> {
        parse(&self.post_alone(path, token, body).await?)
    }

    /// Where nothing but the success of the answer counts.
    pub async fn post_alone(
        &self,
        path: &str,
        token: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Answer, ConnectionError> {
        self.ask(|| {
            let request = self.to(Method::POST, path).json(body);
            match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            }
        })
        .await
    }

    fn patience(&self) -> Duration {
        if self.reached.load(Ordering::Relaxed) {
            self.patience
        } else {
            self.patience.min(FIRST_PATIENCE)
        }
    }

    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Asks until there is an answer that means something, or patience ends.
    async fn ask(&self, request: impl Fn() -> RequestBuilder) -> Result<Answer, ConnectionError> {
        let began_at = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let attempted = attempt(request()).await;
            self.reached.fetch_or(attempted.is_ok(), Ordering::Relaxed);
            let (error, wished_pause) = match attempted {
                Ok(answer) if answer.status.is_success() => return Ok(answer),
                Ok(answer) if is_passing(answer.status) => (refusal(&answer), answer.retry_after),
                Ok(answer) => return Err(refusal(&answer)),
                Err(error) => (ConnectionError::Unreachable(error), None),
            };
            let wait = wished_pause.unwrap_or(pause);
            if began_at.elapsed() + wait >= self.patience() {
                return Err(error);
            }
            tracing::warn!(error = &error as &dyn Error, "no answer that counts: asked again");
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Status and body of an answer.
pub struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

async fn attempt(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let mut response = request.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = MAX_ANSWER_OCTETS.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if chunk.len() > room {
            break;
        }
    }
    Ok(Answer {
        status: response.status(),
        retry_after: retry_after(&response),
        body,
    })
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(reqwest::header::RETRY_AFTER)?
        .to_str()
        .ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

/// What may pass by itself: the server restarts, or asks for a slower pace.
fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

fn refusal(answer: &Answer) -> ConnectionError {
    serde_json::from_slice::<Problem>(&answer.body)
        .map_or(ConnectionError::Foreign(answer.status), |problem| {
            ConnectionError::Refused(Box::new(problem))
        })
}

fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, ConnectionError> {
    serde_json::from_slice(&answer.body).map_err(|_| ConnectionError::Foreign(answer.status))
}

impl ConnectionError {
    /// The server's reason, where it gave one.
    pub fn code(&self) -> Option<problem::Code> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
