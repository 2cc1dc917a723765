//! A signed-in user at the portal's API.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use shared::api::{NextStep, ProcessView, Step};
use shared::problem::Problem;
use shared::url::api;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct Portal {
    client: Client,
    base: String,
    cookie: String,
}

impl Portal {
    pub async fn sign_in(base: &str, user_name: &str) -> Self {
        let mut portal = Self {
            client: Client::new(),
            base: base.to_owned(),
            cookie: String::new(),
        };
        let body = json!({"user_name": user_name, "password": "demo-password"});
        let answer = portal.ask(Method::POST, api::SESSION, &body).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut portal.cookie);
        portal
    }

    /// The session's secret.
    pub fn cookie(&self) -> &str {
        self.cookie.split_once('=').unwrap().1
    }

    /// A server that is just being killed and started again is asked once more.
    pub async fn ask(&self, method: Method, path: &str, body: &impl Serialize) -> Response {
        let began_at = Instant::now();
        loop {
            let request = self
                .client
                .request(method.clone(), format!("{}{path}", self.base))
                .header(header::COOKIE, &self.cookie)
                .json(body);
            match request.send().await {
                Ok(answer) => return answer,
                Err(error) => assert!(began_at.elapsed() < PATIENCE, "{method} {path}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A new process, at its second step, and the activation link.
    pub async fn open_process(&self) -> (Uuid, String) {
        let body = json!({"kind": "MobileIDSelfServiceProcGet"});
        let process: ProcessView = read(self.ask(Method::POST, api::PROCESSES, &body).await).await;
        let shown = self.next(process.id, Step::Introduction, None).await.unwrap();
        (process.id, shown.activation.unwrap().code.unwrap().link)
    }

    /// A new code in place of the last.
    pub async fn new_link(&self, process: Uuid) -> String {
        let shown: ProcessView = read(
            self.ask(Method::POST, &api::process_code(process), &json!({}))
                .await,
        )
        .await;
        shown.activation.unwrap().code.unwrap().link
    }

    pub async fn next(&self, process: Uuid, step: Step, code: Option<&str>) -> Result<ProcessView, Problem> {
        let body = NextStep {
            step,
            pairing_code: code.map(str::to_owned),
            certificates: None,
            recover: None,
            replace: None,
        };
        let answer = self.ask(Method::POST, &api::process_next(process), &body).await;
        if answer.status().is_success() {
            Ok(read(answer).await)
        } else {
            Err(answer.json().await.unwrap())
        }
    }

    /// Next, with the pairing code.
    pub async fn pair(&self, process: Uuid, code: &str) -> Result<ProcessView, Problem> {
        self.next(process, Step::Scan, Some(code)).await
    }

    pub async fn process(&self, process: Uuid) -> ProcessView {
        read(self.ask(Method::GET, &api::process(process), &()).await).await
    }

    pub async fn cancel(&self, process: Uuid, not_my_phone: bool) {
        let body = json!({"not_my_phone": not_my_phone});
        let answer = self.ask(Method::POST, &api::process_cancel(process), &body).await;
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

async fn read<T: DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(
        matches!(status, StatusCode::OK | StatusCode::CREATED),
        "{status}: {text}"
    );
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
