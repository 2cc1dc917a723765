//! Get Mobile ID with one that is locked to make room.

use shared::api::{ProcessView, Step};

use super::*;

async fn next(browser: &Browser, process: Uuid, id: Uuid, reason: LockReason) -> Answer {
    let replace = json!({ "mobile_id": id, "reason": reason });
    browser
        .post(
            &api::process_next(process),
            json!({ "step": "introduction", "replace": replace }),
        )
        .await
}

async fn state(browser: &Browser, id: Uuid) -> MobileIdState {
    see(browser, id).await.summary.state
}

#[tokio::test]
async fn the_earlier_one_is_locked_as_the_code_goes_out() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let old = enroll(&anna, &server.phone()).await.summary.id;
    let started = anna.start().await;
    assert_eq!(started.active_mobile_id.as_ref().unwrap().id, old);
    assert_eq!(started.replaced, None);
    let view: ProcessView = next(&anna, started.id, old, LockReason::Replaced).await.json();
    assert_eq!(view.step, Step::Scan);
    let shown = view.activation.unwrap().code.unwrap();
    assert_eq!(view.active_mobile_id, None);
    let replaced = view.replaced.unwrap();
    assert_eq!((replaced.id, replaced.state), (old, MobileIdState::Locked));
    let (locked, revoked) = (MobileIdState::Locked, CertificateState::Revoked);
    agree(&server, &anna, old, locked, revoked, Some(4)).await;
    // A second click, with another reason: nothing more.
    let again: ProcessView = next(&anna, started.id, old, LockReason::Lost).await.json();
    assert_eq!(again.activation.unwrap().code, None);
    assert_eq!(records(&server, old, Event::MobileIdLocked).await.len(), 1);
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    anna.pair(started.id, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let done = anna.process(started.id).await;
    assert_eq!(done.state, ProcessState::Completed);
    assert_eq!(done.replaced.unwrap().id, old);
    let states: Vec<_> = list(&anna).await.iter().map(|one| one.state).collect();
    assert_eq!(states, [MobileIdState::Active, MobileIdState::Locked]);
}

#[tokio::test]
async fn two_clicks_at_once_lock_it_once_and_one_code_goes_out() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let old = enroll(&anna, &server.phone()).await.summary.id;
    let process = anna.start().await.id;
    let (one, other) = tokio::join!(
        next(&anna, process, old, LockReason::Replaced),
        next(&anna, process, old, LockReason::Replaced)
    );
    let codes = [one, other].map(|answer| answer.json::<ProcessView>().activation.unwrap().code);
    assert_eq!(codes.iter().flatten().count(), 1);
    assert_eq!(records(&server, old, Event::MobileIdLocked).await.len(), 1);
}

#[tokio::test]
async fn where_the_new_one_fails_the_process_says_what_both_are() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let old = enroll(&anna, &server.phone()).await.summary.id;
    pause(&anna, old).await.ok();
    let process = anna.start().await;
    assert_eq!(
        process.active_mobile_id.unwrap().state,
        MobileIdState::Inactive,
        "a paused one is offered where none is active"
    );
    let view: ProcessView = next(&anna, process.id, old, LockReason::Lost).await.json();
    let phone = server.phone();
    let code = phone.get_ready(&view.activation.unwrap().code.unwrap()).await;
    anna.pair(process.id, &code).await.ok();
    server.later(Duration::minutes(11));
    server.sweep().await;
    let view = anna.process(process.id).await;
    assert_eq!(view.state, ProcessState::Failed);
    assert_eq!(view.replaced.unwrap().state, MobileIdState::Locked);
    assert_eq!(view.mobile_id.unwrap().failure, view.ending);
    // Also when it was deleted meanwhile.
    delete(&anna, old).await.ok();
    assert_eq!(anna.process(process.id).await.replaced.unwrap().id, old);
}

#[tokio::test]
async fn where_next_is_refused_nothing_is_locked() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let old = enroll(&anna, &server.phone()).await.summary.id;
    let ended = enroll(&anna, &server.phone()).await.summary.id;
    lock(&anna, ended, LockReason::Lost).await.ok();
    let of_bertil = enroll(&bertil, &server.phone()).await.summary.id;
    let process = anna.start().await.id;
    for (id, reason, refusal) in [
        (ended, LockReason::Replaced, Code::MobileIdEnded),
        (of_bertil, LockReason::Replaced, Code::NotFound),
        (old, LockReason::UserLocked, Code::LockReasonWrong),
    ] {
        next(&anna, process, id, reason).await.refused(refusal);
    }
    // The choice of certificates is heard before.
    let wrong = json!({ "step": "introduction", "certificates": [],
        "replace": { "mobile_id": old, "reason": "replaced" } });
    anna.post(&api::process_next(process), wrong)
        .await
        .refused(Code::CertificateChoiceWrong);
    server.later(Duration::minutes(10));
    next(&anna, process, old, LockReason::Replaced)
        .await
        .refused(Code::PasswordNeeded);
    assert_eq!(state(&anna, old).await, MobileIdState::Active);
    assert_eq!(state(&bertil, of_bertil).await, MobileIdState::Active);
    assert_eq!(anna.process(process).await.replaced, None);
    // A process that has ended locks nothing either.
    anna.cancel(process).await.ok();
    next(&anna, process, old, LockReason::Replaced)
        .await
        .refused(Code::ProcessEnded);
    assert_eq!(state(&anna, old).await, MobileIdState::Active);
}

#[tokio::test]
async fn where_the_mail_with_the_code_cannot_go_nothing_is_locked() {
    let server = Server::start_with(|settings| {
        settings.mail.route = Some(server::mail::parse_route("file:").unwrap());
    })
    .await;
    let anna = server.user("anna").await;
    let old = enroll(&anna, &server.phone()).await.summary.id;
    crate::mail::code::options(&server, crate::mail::code::BY_MAIL).await;
    let process = anna.start().await.id;
    let change = server::use_case::change_user::Change {
        email: Some(String::new()),
        ..Default::default()
    };
    server::use_case::change_user::run(&server.context, "anna", change)
        .await
        .unwrap();
    next(&anna, process, old, LockReason::Replaced)
        .await
        .refused(Code::EmailMissing);
    assert_eq!(state(&anna, old).await, MobileIdState::Active);
    assert_eq!(anna.process(process).await.replaced, None);
}
