//! Signing in and out.

use reqwest::Method;
use serde_json::json;
use shared::{
    api::{Me, UserState},
    problem::Code,
    url::api,
};
use time::Duration;

use crate::app::{PASSWORD, Server};

#[tokio::test]
async fn a_user_signs_in_and_out() {
    let server = Server::start().await;
    server.add_user("anna", UserState::Active).await;
    let browser = server.anonymous();
    browser.get(api::SESSION).await.refused(Code::NotSignedIn);
    let answer = browser.sign_in(" Anna ", PASSWORD).await.ok();
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("selfservice=") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert!(
        cookie.contains("SameSite=Lax") && cookie.contains("Path=/") && !cookie.contains("Domain"),
        "{cookie}"
    );
    let me: Me = browser.get(api::SESSION).await.json();
    assert_eq!((&*me.user_name, me.state), ("anna", UserState::Active));
    browser.send(Method::DELETE, api::SESSION, None).await.ok();
    browser.get(api::SESSION).await.refused(Code::NotSignedIn);
}

#[tokio::test]
async fn on_https_the_cookie_is_bound_to_the_host() {
    let server =
        Server::start_with(|settings| settings.http.public_url = "https://id.example.com".into()).await;
    server.add_user("anna", UserState::Active).await;
    let answer = server.anonymous().sign_in("anna", PASSWORD).await.ok();
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-selfservice=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_are_answered_alike() {
    let server = Server::start().await;
    server.add_user("anna", UserState::Active).await;
    let browser = server.anonymous();
    let wrong = browser
        .sign_in("anna", "not-the-password")
        .await
        .refused(Code::CredentialsWrong);
    let unknown = browser
        .sign_in("nobody", "not-the-password")
        .await
        .refused(Code::CredentialsWrong);
    assert_eq!(wrong, unknown);
    browser
        .sign_in("anna", &"x".repeat(5_000))
        .await
        .refused(Code::CredentialsWrong);
}

#[tokio::test]
async fn each_sign_in_has_a_new_session_and_the_old_one_is_dead() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let first = browser.sign_in("anna", PASSWORD).await.ok().headers["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    let second = browser.sign_in("anna", PASSWORD).await.ok().headers["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    let value = |cookie: &str| cookie.split(';').next().unwrap().to_owned();
    assert_ne!(value(&first), value(&second));
    let thief = reqwest::Client::new().get(format!("{}{}", server.base, api::SESSION));
    let answer = thief.header("cookie", value(&first)).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_request_under_way_does_not_bring_back_a_session_that_ended() {
    use server::store::Sessions;
    use tower_sessions::{
        SessionStore,
        session::{Id, Record},
    };
    let server = Server::start().await;
    let sessions = Sessions(server.context.store.clone());
    let expiry_date = time::OffsetDateTime::now_utc() + Duration::HOUR;
    let mut record = Record {
        id: Id(1),
        data: std::collections::HashMap::default(),
        expiry_date,
    };
    sessions.create(&mut record).await.unwrap();
    assert!(sessions.load(&Id(1)).await.unwrap().is_some());
    sessions.delete(&Id(1)).await.unwrap();
    sessions.save(&record).await.unwrap();
    assert!(sessions.load(&Id(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn attempts_are_limited_per_account_whoever_it_is() {
    let server = Server::start_with(|settings| settings.sign_in.account_attempts = 3).await;
    server.add_user("anna", UserState::Active).await;
    let browser = server.anonymous();
    for name in ["anna", "nobody"] {
        for _ in 0..3 {
            browser
                .sign_in(name, "wrong-password")
                .await
                .refused(Code::CredentialsWrong);
        }
        let answer = browser.sign_in(name, PASSWORD).await;
        let header: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        let problem = answer.refused(Code::TooManyAttempts);
        assert_eq!(problem.retry_after, Some(header));
        assert!((1..=31).contains(&header), "{header}");
    }
}

#[tokio::test]
async fn attempts_are_limited_per_address() {
    let server = Server::start_with(|settings| settings.sign_in.address_attempts = 3).await;
    let browser = server.anonymous();
    for n in 0..3 {
        browser
            .sign_in(&format!("user{n}"), "wrong-password")
            .await
            .refused(Code::CredentialsWrong);
    }
    // One comes back each second: on a slow machine some of these may still be heard.
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..20 {
        let browser = browser.clone();
        asked.spawn(async move { browser.sign_in(&format!("other{n}"), "wrong-password").await });
    }
    let answers = asked.join_all().await;
    assert!(answers.iter().any(|answer| answer.status == 429));
}

#[tokio::test]
async fn an_inactive_user_signs_in_and_a_locked_one_does_not() {
    let server = Server::start().await;
    server.add_user("ivar", UserState::Inactive).await;
    server.add_user("lo", UserState::Locked).await;
    let me: Me = server.anonymous().sign_in("ivar", PASSWORD).await.json();
    assert_eq!(me.state, UserState::Inactive);
    server
        .anonymous()
        .sign_in("lo", PASSWORD)
        .await
        .refused(Code::UserLocked);
    server
        .anonymous()
        .sign_in("lo", "wrong-password")
        .await
        .refused(Code::CredentialsWrong);
}

#[tokio::test]
async fn locking_a_user_ends_every_session_at_once() {
    let server = Server::start().await;
    let (first, second) = (server.user("anna").await, server.anonymous());
    second.sign_in("anna", PASSWORD).await.ok();
    server.set_state("anna", UserState::Locked).await;
    for browser in [first, second] {
        browser.get(api::DASHBOARD).await.refused(Code::NotSignedIn);
    }
}

#[tokio::test]
async fn a_session_ends_after_its_hours() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    server.later(Duration::hours(11));
    browser.get(api::SESSION).await.ok();
    server.later(Duration::hours(1));
    browser.get(api::SESSION).await.refused(Code::NotSignedIn);
}

#[tokio::test]
async fn an_old_sign_in_is_asked_for_the_password_again() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let process = browser.start().await;
    assert!(!process.password_needed);
    server.later(Duration::minutes(6));
    assert!(browser.process(process.id).await.password_needed);
    let next = api::process_next(process.id);
    browser
        .post(&next, json!({ "step": "introduction" }))
        .await
        .refused(Code::PasswordNeeded);
    let password = |password: &str| json!({ "password": password });
    browser
        .post(api::SESSION_PASSWORD, password("wrong-password"))
        .await
        .refused(Code::CredentialsWrong);
    browser.post(api::SESSION_PASSWORD, password(PASSWORD)).await.ok();
    browser.post(&next, json!({ "step": "introduction" })).await.ok();
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = browser
            .client
            .post(format!("{}{}", server.base, api::PROCESSES))
            .header(name, value);
        let answer = request
            .json(&json!({ "kind": "MobileIDSelfServiceProcGet" }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403, "{name}");
        let problem: shared::problem::Problem = answer.json().await.unwrap();
        assert_eq!(problem.code, Code::CrossSiteRequest);
    }
}
