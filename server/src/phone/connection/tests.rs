//! Against servers that misbehave, each for real on a port of its own.

use std::sync::atomic::AtomicUsize;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, post};
use serde_json::{Value, json};
use shared::problem::Code;

use super::*;

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    base
}

async fn answering(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> String {
    serve(Router::new().fallback(any(async move || answer()))).await
}

fn problem(code: Code) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap();
    let body = json!({"type": "about:blank", "title": code.title(), "status": code.status(), "code": code});
    (status, axum::Json(body)).into_response()
}

async fn ask(base: &str, patience: Duration) -> Result<Value, ConnectionError> {
    let connection = Connection::new(base, patience).unwrap();
    connection.post("/x", Some("token"), &json!({"a": 1})).await
}

#[tokio::test]
async fn a_passing_failure_is_asked_again_and_a_final_one_is_not() {
    for (code, attempts) in [
        (Code::Unavailable, 3),
        (Code::TooManyAttempts, 3),
        (Code::Internal, 1),
        (Code::ActivationCodeUsed, 1),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = asked.clone();
        let base = answering(move || {
            if counter.fetch_add(1, Ordering::Relaxed) == 2 {
                axum::Json(json!({"good": true})).into_response()
            } else {
                problem(code)
            }
        })
        .await;
        let answer = ask(&base, Duration::from_secs(30)).await;
        assert_eq!(asked.load(Ordering::Relaxed), attempts, "{code:?}");
        match answer {
            Ok(answer) => assert_eq!((attempts, answer), (3, json!({"good": true}))),
            Err(error) => assert_eq!((attempts, error.code()), (1, Some(code))),
        }
    }
}

#[tokio::test]
async fn the_server_s_own_pace_is_kept() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let base = answering(move || {
        let mut response = problem(Code::TooManyAttempts);
        if counter.fetch_add(1, Ordering::Relaxed) == 1 {
            return axum::Json(json!({})).into_response();
        }
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, "2".parse().unwrap());
        response
    })
    .await;
    let began_at = Instant::now();
    ask(&base, Duration::from_secs(30)).await.unwrap();
    assert!(began_at.elapsed() >= Duration::from_secs(2));
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn without_patience_nothing_is_asked_twice() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&base, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, ConnectionError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_restarts_is_found_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let answer =
        tokio::spawn(async move { ask(&format!("http://{address}"), Duration::from_secs(10)).await });
    sleep(Duration::from_millis(600)).await;
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let app = Router::new().fallback(any(async || axum::Json(json!({"back": true}))));
    tokio::spawn(async move { axum::serve(listener, app).await });
    assert_eq!(answer.await.unwrap().unwrap(), json!({"back": true}));
}

#[tokio::test]
async fn another_kind_of_server_is_told_apart() {
    let endless = "x".repeat(MAX_ANSWER_OCTETS + 1);
    for (status, body) in [
        (StatusCode::OK, "<!doctype html>"),
        (StatusCode::NOT_FOUND, "<!doctype html>"),
        (StatusCode::OK, &*endless),
    ] {
        let body = body.to_owned();
        let base = answering(move || (status, body.clone()).into_response()).await;
        let error = ask(&base, Duration::ZERO).await.unwrap_err();
        assert!(
            matches!(error, ConnectionError::Foreign(s) if s == status),
            "{error}"
        );
    }
}

/// A token that followed a redirect would be in other hands.
#[tokio::test]
async fn redirects_are_not_followed() {
    let followed = Arc::new(AtomicBool::new(false));
    let flag = followed.clone();
    let app = Router::new()
        .route("/x", post(async || Redirect::temporary("/elsewhere")))
        .route(
            "/elsewhere",
            any(async move |_: HeaderMap| {
                flag.store(true, Ordering::Relaxed);
                axum::Json(json!({}))
            }),
        );
    let base = serve(app).await;
    let error = ask(&base, Duration::ZERO).await.unwrap_err();
    assert!(matches!(
        error,
        ConnectionError::Foreign(StatusCode::TEMPORARY_REDIRECT)
    ));
    assert!(!followed.load(Ordering::Relaxed));
}
