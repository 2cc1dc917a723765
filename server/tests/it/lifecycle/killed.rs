//! The real program: killed in the middle of each action, and started again long after a mobile ID's end.

use super::*;
use crate::{
    faults::{count, sqlite},
    portal::Portal,
    program::{HeadlessPhone, Server as Program},
};

async fn enrolled(program: &Program, anna: &Portal, folder: &str) -> Uuid {
    let (process, link) = anna.open_process().await;
    let mut phone = HeadlessPhone::start(&link, &program.path(folder), &[]);
    let pairing_code = phone.pairing_code();
    anna.pair(process, &pairing_code).await.unwrap();
    phone.expect("installed");
    assert!(phone.end().success());
    anna.process(process).await.mobile_id.unwrap().summary.id
}

/// Asks again where the server ended in the middle, as a page does.
async fn act(anna: &Portal, method: Method, path: &str) {
    let answer = anna.ask(method, path, &json!({ "reason": "lost" })).await;
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_leaves_each_action_done_or_not_begun() {
    let mut program = Program::start().await;
    let anna = program.portal("anna").await;
    let path = program.path("data/selfservice.sqlite");
    let id = enrolled(&program, &anna, "mobile-id").await;
    let state = async |state: &str| {
        let statement = format!("SELECT count(*) AS count FROM mobile_id WHERE state = '{state}'");
        count(&path, &statement).await
    };
    for (round, (method, action, expected)) in [
        (Method::POST, api::mobile_id_pause(id), "inactive"),
        (Method::POST, api::mobile_id_resume(id), "active"),
        (Method::POST, api::mobile_id_pause(id), "inactive"),
        (Method::POST, api::mobile_id_resume(id), "active"),
        (Method::POST, api::mobile_id_pause(id), "inactive"),
        (Method::POST, api::mobile_id_lock(id), "locked"),
        (Method::POST, api::mobile_id_lock(id), "locked"),
        (Method::DELETE, api::mobile_id(id), "locked"),
        (Method::DELETE, api::mobile_id(id), "locked"),
    ]
    .into_iter()
    .enumerate()
    {
        let user = anna.clone();
        let click = tokio::spawn(async move { act(&user, method, &action).await });
        tokio::time::sleep(std::time::Duration::from_millis(round as u64 * 2)).await;
        program.kill();
        // As the kill left it: nothing is half-done.
        let said = program.say(&["ca", "check"]);
        assert!(said.contains(" 0 differences left"), "{said}");
        program.start_again().await;
        click.await.unwrap();
        assert_eq!(state(expected).await, 1, "round {round}");
    }
    let deleted = "SELECT count(*) AS count FROM mobile_id WHERE deleted_at IS NOT NULL";
    assert_eq!(count(&path, deleted).await, 1);
    for (event, times) in [("mobile_id_locked", 1), ("mobile_id_deleted", 1)] {
        let statement = format!("SELECT count(*) AS count FROM audit WHERE event = '{event}'");
        assert_eq!(count(&path, &statement).await, times, "{event}");
    }
    assert!(
        program
            .say(&["audit", "verify"])
            .contains("The audit log is whole")
    );
}

/// A server that was down when a mobile ID ended, and for a month after.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_later_writes_down_what_time_has_done() {
    let mut program = Program::start().await;
    let anna = program.portal("anna").await;
    enrolled(&program, &anna, "active").await;
    let paused = enrolled(&program, &anna, "paused").await;
    act(&anna, Method::POST, &api::mobile_id_pause(paused)).await;
    program.kill();
    let path = program.path("data/selfservice.sqlite");
    // Paused a week before the end, so that time is the first to end it.
    let week = 1_000 * 60 * 60 * 24 * 7;
    let late = format!("UPDATE mobile_id SET state_since = valid_until - {week} WHERE state = 'inactive'");
    sqlite(&path, &late).await;
    program.start_again_later("760d").await;
    let expired = "SELECT count(*) AS count FROM mobile_id WHERE state = 'expired'";
    let began_at = std::time::Instant::now();
    while count(&path, expired).await < 2 {
        assert!(began_at.elapsed() < std::time::Duration::from_secs(30));
    }
    for book in ["certificate", "ca_certificate"] {
        let statement = format!("SELECT count(*) AS count FROM {book} WHERE state <> 'expired'");
        assert_eq!(count(&path, &statement).await, 0, "{book}");
    }
    let anna = program.portal("anna").await;
    let shown = anna.ask(Method::GET, api::MOBILE_IDS, &()).await;
    let shown: Vec<MobileIdSummary> = shown.json().await.unwrap();
    assert!(shown.iter().all(|one| one.state == MobileIdState::Expired));
    act(&anna, Method::DELETE, &api::mobile_id(paused)).await;
    assert!(
        program
            .say(&["audit", "verify"])
            .contains("The audit log is whole")
    );
}
