//! Health, headers, pages and files.

use reqwest::Method;
use shared::url::{ops, page};

use crate::app::Server;

#[tokio::test]
async fn it_is_alive_and_ready_until_the_database_is_gone() {
    let server = Server::start().await;
    let browser = server.anonymous();
    browser.get(ops::HEALTHZ).await.ok();
    browser.get(ops::READYZ).await.ok();
    server.context.store.clone().close().await.unwrap();
    browser.get(ops::HEALTHZ).await.ok();
    let answer = browser.get(ops::READYZ).await;
    assert_eq!(answer.status, 503);
}

#[tokio::test]
async fn pages_carry_a_policy_for_their_own_script_and_nothing_else() {
    let server = Server::start().await;
    for path in [
        page::DASHBOARD,
        page::SIGN_IN,
        page::MOBILE_IDS,
        page::PHONE,
        "/mobile-ids/some-id",
    ] {
        let answer = server.anonymous().get(path).await.ok();
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert_eq!(answer.headers["cache-control"], "no-cache");
        for header in [
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-embedder-policy",
        ] {
            assert!(answer.headers.contains_key(header), "{path} {header}");
        }
    }
}

#[tokio::test]
async fn a_missing_file_is_404_and_never_the_page() {
    let server = Server::start().await;
    std::fs::write(server.dir.path().join("web/portal-0123456789abcdef.js"), "1").unwrap();
    std::fs::write(server.dir.path().join("web/sw.js"), "1").unwrap();
    let browser = server.anonymous();
    for path in [
        "/missing.js",
        "/missing.wasm",
        "/.env",
        "/../settings.toml",
        "/%2e%2e/settings.toml",
        "/index.html",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("<html"), "{path}");
    }
    let hashed = browser.get("/portal-0123456789abcdef.js").await.ok();
    assert_eq!(
        hashed.headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
    let worker = browser.get("/sw.js").await.ok();
    assert_eq!(worker.headers["cache-control"], "no-cache");
    let policy = worker.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("connect-src 'self'"),
        "a service worker fetches under its script's policy: {policy}"
    );
    assert_eq!(browser.send(Method::POST, "/sw.js", None).await.status, 405);
}

#[tokio::test]
async fn a_person_who_is_lost_gets_a_page_and_the_status_says_so() {
    let server = Server::start().await;
    let lost = server
        .anonymous()
        .client
        .get(format!("{}/nowhere", server.base))
        .header("accept", "text/html,*/*");
    let answer = lost.send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("<html"));
}

#[tokio::test]
async fn a_demo_says_so_on_its_pages() {
    let plain = Server::start().await;
    assert!(!plain.anonymous().get("/").await.text().contains("data-demo"));
    let demo = Server::start_with(|settings| settings.demo = true).await;
    for path in [page::SIGN_IN, page::PHONE] {
        assert!(
            demo.anonymous()
                .get(path)
                .await
                .text()
                .contains("<html data-demo=\"true\""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn stopping_lets_waiting_requests_go() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (_, shown) = browser.open().await;
    phone.get_ready(&shown).await;
    let waiting = format!("{}?since=keys_received", shared::url::device::ENROLLMENT);
    let (answer, ()) = tokio::join!(phone.get(&waiting), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        server.stop();
    });
    answer.ok();
}
