//! What the server logs: lines that a program can read, with request ids, and no secret even at its most talkative.

use serde_json::Value;
use shared::{api::Step, url::page};

use crate::program::{HeadlessPhone, Server};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json_with_request_ids_and_without_secrets() {
    let settings = [
        ("SELFSERVICE_LOG__FORMAT", "json"),
        ("SELFSERVICE_LOG__FILTER", "trace"),
    ];
    let server = Server::start_with(&settings).await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let folder = server.path("phone");
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    let pairing_code = phone.pairing_code();
    let wrong = if pairing_code.starts_with('0') {
        "123456"
    } else {
        "012345"
    };
    anna.pair(process, wrong).await.unwrap_err();
    anna.next(process, Step::Scan, Some(&pairing_code)).await.unwrap();
    assert!(phone.end().success());

    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let requests: Vec<_> = lines
        .iter()
        .filter(|line| line["span"]["path"] == "/api/device/claim")
        .collect();
    assert!(!requests.is_empty());
    assert!(
        requests
            .iter()
            .all(|line| line["span"]["id"].as_str().is_some_and(|id| id.len() == 36))
    );
    let secrets = [
        "demo-password",
        page::activation_code(&link),
        &pairing_code,
        wrong,
        anna.cookie(),
    ];
    for secret in secrets {
        let leak = log.lines().find(|line| line.contains(secret));
        assert!(leak.is_none(), "{secret} stands in the log: {leak:?}");
    }
    let state = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let tokens: Vec<_> = state
        .filter_map(|text| serde_json::from_str::<Value>(&text).ok())
        .collect();
    for token in tokens.iter().filter_map(|state| state["token"].as_str()) {
        assert!(!log.contains(token), "the device token stands in the log");
    }
}
