//! What is paused for too long is locked, and its user is told before.

use server::{
    domain::mail::{Kind, Mail, State},
    use_case::{
        announce_pause_ends,
        change_user::{self, Change},
        lock_long_paused, send_mails,
    },
};
use shared::api::UserState;

use super::*;

async fn server() -> Server {
    Server::start_with(|settings| {
        settings.mail.route = Some(server::mail::parse_route("file:").unwrap());
    })
    .await
}

/// What the worker does each minute: mails written, and mobile IDs locked.
async fn round(server: &Server) -> (usize, usize) {
    let told = announce_pause_ends::run(&server.context).await.unwrap();
    (told, lock_long_paused::run(&server.context).await.unwrap())
}

async fn mails(server: &Server) -> Vec<Mail> {
    let book = server.context.store.read();
    let mut mails = book.mails(None, None, 1_000).await.unwrap();
    mails.retain(|mail| mail.kind == Kind::PauseEnds);
    mails
}

async fn paused(server: &Server, user_name: &str) -> (Browser, Uuid) {
    let browser = server.user(user_name).await;
    let id = enroll(&browser, &server.phone()).await.summary.id;
    pause(&browser, id).await.ok();
    (browser, id)
}

async fn stored(server: &Server, id: Uuid) -> server::domain::mobile_id::MobileId {
    server.context.store.read().mobile_id(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn it_is_told_on_three_days_and_locked_after_ninety() {
    let server = server().await;
    let (_, id) = paused(&server, "anna").await;
    let mut day = 0;
    for (until, expected) in [
        (75, (0, 0)),
        (76, (1, 0)),
        (77, (0, 0)),
        (83, (1, 0)),
        (88, (0, 0)),
        (89, (1, 0)),
        (90, (0, 1)),
        (91, (0, 0)),
    ] {
        server.later(Duration::days(until - day));
        day = until;
        assert_eq!(round(&server).await, expected, "day {day}");
        assert_eq!(round(&server).await, (0, 0), "day {day}, once more");
    }
    let anna = server.signed_in("anna").await;
    let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    let seen = agree(&server, &anna, id, locked, revoked, Some(5)).await;
    assert_eq!(seen.lock_reason, Some(LockReason::PausedTooLong));
    let told = records(&server, id, Event::PauseEndMailed).await;
    let told: Vec<_> = told.iter().map(|record| record.detail.as_str()).collect();
    assert_eq!(
        told,
        [
            "14 days before the lock",
            "7 days before the lock",
            "1 days before the lock"
        ]
    );
}

#[tokio::test]
async fn the_page_says_when_and_the_mail_says_the_same() {
    let server = server().await;
    let (anna, id) = paused(&server, "anna").await;
    let seen = see(&anna, id).await.summary;
    let at = stored(&server, id).await.state_since + Duration::days(90);
    let expected = at.format(&time::format_description::well_known::Rfc3339).unwrap();
    assert_eq!(seen.locks_at.as_ref().unwrap().0, expected);
    assert_eq!(list(&anna).await[0].locks_at, seen.locks_at);
    server.later(Duration::days(80));
    round(&server).await;
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().sent, 1);
    let files = std::fs::read_dir(server.dir.path().join("mail")).unwrap();
    let texts: Vec<_> = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let text = texts
        .iter()
        .find(|text| text.contains("10 days"))
        .expect("the subject");
    let day = format!("{} {} {}", at.day(), at.month(), at.year());
    assert!(text.contains(&day), "{day}: {text}");
}

#[tokio::test]
async fn who_resumes_is_told_no_more_and_a_mail_that_waits_is_cancelled() {
    let server = server().await;
    let (_, id) = paused(&server, "anna").await;
    server.later(Duration::days(76));
    assert_eq!(round(&server).await, (1, 0));
    let anna = server.signed_in("anna").await;
    resume(&anna, id).await.ok();
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().sent, 0);
    assert_eq!(mails(&server).await[0].state, State::Cancelled);
    // Paused again, the days begin anew.
    pause(&anna, id).await.ok();
    server.later(Duration::days(75));
    assert_eq!(round(&server).await, (0, 0));
    server.later(Duration::days(1));
    assert_eq!(round(&server).await, (1, 0));
}

#[tokio::test]
async fn a_server_that_was_down_tells_once_and_gives_a_day() {
    let server = server().await;
    let (_, id) = paused(&server, "anna").await;
    server.later(Duration::days(200));
    assert_eq!(round(&server).await, (1, 0));
    let anna = server.signed_in("anna").await;
    let at = server.context.clock.now() + Duration::days(1);
    let expected = at.format(&time::format_description::well_known::Rfc3339).unwrap();
    let shown = see(&anna, id).await.summary.locks_at.unwrap().0;
    assert_eq!(shown[..16], expected[..16], "to the minute");
    server.later(Duration::hours(23));
    assert_eq!(round(&server).await, (0, 0));
    server.later(Duration::hours(1));
    assert_eq!(round(&server).await, (0, 1));
}

#[tokio::test]
async fn whom_no_mail_reaches_is_locked_on_the_day() {
    let server = server().await;
    let (_, id) = paused(&server, "anna").await;
    let change = Change {
        email: Some(String::new()),
        ..Change::default()
    };
    change_user::run(&server.context, "anna", change).await.unwrap();
    server.later(Duration::days(90) - Duration::MINUTE);
    assert_eq!(round(&server).await, (0, 0));
    server.later(Duration::MINUTE * 2);
    assert_eq!(round(&server).await, (0, 1));
    assert_eq!(stored(&server, id).await.state, MobileIdState::Locked);
    // And where no mail is sent at all.
    let without = Server::start().await;
    let (_, id) = paused(&without, "anna").await;
    without.later(Duration::days(91));
    assert_eq!(round(&without).await, (0, 1));
    assert_eq!(stored(&without, id).await.state, MobileIdState::Locked);
}

#[tokio::test]
async fn a_pause_of_an_inactive_user_ends_likewise() {
    let server = server().await;
    let anna = server.user("anna").await;
    let id = enroll(&anna, &server.phone()).await.summary.id;
    server.set_state("anna", UserState::Inactive).await;
    server.later(Duration::days(85));
    assert_eq!(round(&server).await, (1, 0));
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().sent, 1);
    server.later(Duration::days(5));
    assert_eq!(round(&server).await, (0, 1));
    server.set_state("anna", UserState::Active).await;
    assert_eq!(stored(&server, id).await.state, MobileIdState::Locked);
}

#[tokio::test]
async fn two_servers_on_one_database_tell_it_once() {
    let first = server().await;
    let (_, id) = paused(&first, "anna").await;
    let second = Server::start_in(first.dir.clone(), |settings| {
        settings.mail.route = Some(server::mail::parse_route("file:").unwrap());
    })
    .await;
    for server in [&first, &second] {
        server.later(Duration::days(76));
    }
    let (one, other) = tokio::join!(round(&first), round(&second));
    assert_eq!(one.0 + other.0, 1);
    assert_eq!(mails(&first).await.len(), 1);
    for server in [&first, &second] {
        server.later(Duration::days(14));
    }
    let (one, other) = tokio::join!(
        lock_long_paused::run(&first.context),
        lock_long_paused::run(&second.context)
    );
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(records(&first, id, Event::MobileIdLocked).await.len(), 1);
}

#[tokio::test]
async fn more_than_a_page_is_told_and_locked() {
    let server = server().await;
    let (_, id) = paused(&server, "anna").await;
    let like = stored(&server, id).await;
    for _ in 0..450 {
        let twin = server::domain::mobile_id::MobileId {
            id: server::chance::id(),
            ..like.clone()
        };
        server.context.store.read().add_mobile_id(&twin).await.unwrap();
    }
    server.later(Duration::days(76));
    assert_eq!(round(&server).await, (451, 0));
    assert_eq!(round(&server).await, (0, 0));
    server.later(Duration::days(14));
    assert_eq!(round(&server).await, (0, 451));
}
