//! What goes wrong around a process: a restart, a database that is gone, a CA that cannot issue.

use shared::{
    api::{ProcessState, Purpose},
    problem::Code,
    url,
};

use crate::app::{PASSWORD, Server};

#[tokio::test]
async fn a_restart_between_any_two_steps_loses_nothing() {
    let first = Server::start().await;
    let (browser, mut phone) = (first.user("anna").await, first.phone());
    let (process, shown) = browser.open().await;
    let dir = first.dir.clone();
    let code = url::page::activation_code(&shown.link).to_owned();
    let second = restart(&first, &mut phone).await;
    phone.claim(&code).await.ok();
    let third = restart(&second, &mut phone).await;
    let accepted = phone.send_keys().await.json();
    let fourth = restart(&third, &mut phone).await;
    let browser = fourth.anonymous();
    browser.sign_in("anna", PASSWORD).await.ok();
    browser
        .pair(process, &phone.pairing_code(&code, &accepted))
        .await
        .ok();
    let fifth = restart(&fourth, &mut phone).await;
    phone.send_receipt(&phone.receipt().await).await.ok();
    let browser = fifth.anonymous();
    browser.sign_in("anna", PASSWORD).await.ok();
    assert_eq!(browser.process(process).await.state, ProcessState::Completed);
    assert_eq!(phone.keys[0].purpose, Purpose::Authentication);
    drop(dir);
}

/// The server stops, and another one goes on with its data; the phone finds it.
async fn restart(server: &Server, phone: &mut crate::app::Phone) -> Server {
    server.stop();
    let next = Server::start_in(server.dir.clone(), |_| {}).await;
    phone.move_to(&next);
    next
}

#[tokio::test]
async fn without_its_database_the_server_says_try_again() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (process, shown) = browser.open().await;
    server.context.store.clone().close().await.unwrap();
    for answer in [
        browser.get(&url::api::process(process)).await,
        browser.sign_in("anna", PASSWORD).await,
        server.phone().look(&shown.short_code).await,
    ] {
        assert_eq!(answer.headers["retry-after"], "5");
        answer.refused(Code::Unavailable);
    }
}

#[tokio::test]
async fn the_audit_log_is_whole_after_all_of_it_and_shows_what_was_changed() {
    use server::store::Chain;
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    crate::app::enroll(&browser, &phone).await;
    let book = server.context.store.read();
    let Chain::Whole(records) = book.verify_audit().await.unwrap() else {
        panic!("broken")
    };
    assert!(records >= 8, "{records}");
    let path = server.dir.path().join("selfservice.sqlite");
    let change = |expression: &str| {
        format!(
            "UPDATE audit SET detail = {expression} WHERE sequence = {}",
            records - 3
        )
    };
    sqlite(&path, &change("detail || 'x'")).await;
    assert_eq!(book.verify_audit().await.unwrap(), Chain::BrokenAt(records - 3));
    sqlite(&path, &change("substr(detail, 1, length(detail) - 1)")).await;
    assert_eq!(book.verify_audit().await.unwrap(), Chain::Whole(records));
    sqlite(&path, &format!("DELETE FROM audit WHERE sequence = {records}")).await;
    assert_eq!(
        book.verify_audit().await.unwrap(),
        Chain::BrokenAt(records),
        "the last one was removed"
    );
}

pub async fn sqlite(path: &std::path::Path, statement: &str) {
    use sea_orm::ConnectionTrait;
    let db = sea_orm::Database::connect(format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// What a statement counts as `count`.
pub async fn count(path: &std::path::Path, statement: &str) -> i64 {
    use sea_orm::{ConnectionTrait, Statement};
    let db = sea_orm::Database::connect(format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    let statement = Statement::from_string(db.get_database_backend(), statement);
    let row = db.query_one_raw(statement).await.unwrap();
    row.unwrap().try_get("", "count").unwrap()
}
