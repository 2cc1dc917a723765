//! A second person approves before archived keys are recovered, or nothing is.

use reqwest::Method;
use serde_json::{Value, json};
use server::domain::audit::Record;
use shared::{
    api::{
        Approval, ApprovalState, Decision, Event, LockReason, MobileId, MobileIdState, ProcessState,
        ProcessView, RecoveryRequest, Role, UserState,
    },
    problem::Code,
    url::{admin, api},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::{Answer, Browser, Server},
    encryption::{ENCRYPTION, encryption_of},
    lifecycle::on_both_engines,
    mail::{code::options, plain, read, round, smtp::Smtp},
};

on_both_engines! {
    the_user_waits_and_goes_on_when_a_second_person_has_approved
    nobody_decides_on_their_own_keys
    of_two_who_decide_in_the_same_instant_one_does
    nobody_decides_in_time_and_it_lapses_by_itself
    a_refusal_is_shown_with_its_reason_and_can_be_asked_again
    an_approval_counts_for_what_it_was_asked_for_and_nothing_else
    an_approval_is_used_up_by_time
    an_approval_counts_as_long_as_its_giver_may_give_it
    a_process_asks_twenty_times
    a_process_that_ends_takes_its_request_with_it
    what_is_to_be_replaced_works_until_the_code_goes_out
    two_clicks_and_two_windows_ask_once
    who_goes_on_without_waits_for_nobody
}

/// Nobody decides after this.
const TTL: Duration = Duration::hours(8);

async fn operator(server: &Server, user_name: &str) -> Browser {
    let roles = [Role::SelfServiceUser, Role::Operator];
    server.add(user_name, UserState::Active, &roles, None).await;
    server.signed_in(user_name).await
}

/// Who recovers waits for a second person from now on. The options are those of an administrator, `astrid`.
async fn approval_is_needed(server: &Server) {
    let selects = "recoverEncryptionCertificates = \"user selects\"; recoveryNeedsApproval = true;";
    options(server, &format!("{ENCRYPTION}{selects}")).await;
}

/// A mobile ID of this user, for which nothing is recovered, and the serial number of its encryption certificate.
async fn one_earlier(server: &Server, browser: &Browser) -> (MobileId, String) {
    let process = browser.start().await.id;
    let view: ProcessView = next(browser, process, &[]).await.json();
    let phone = server.phone();
    let code = phone.get_ready(&view.activation.unwrap().code.unwrap()).await;
    browser.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = browser.process(process).await.mobile_id.unwrap();
    let serial = encryption_of(&made).serial.clone();
    (made, serial)
}

/// Serial numbers of encryption certificates that this user has from before, the newest first.
async fn earlier(server: &Server, browser: &Browser, count: usize) -> Vec<String> {
    let mut serials = vec![];
    for _ in 0..count {
        serials.insert(0, one_earlier(server, browser).await.1);
    }
    serials
}

/// Next at the introduction, with these to be recovered.
async fn next(browser: &Browser, process: Uuid, serials: &[String]) -> Answer {
    next_with(browser, process, serials, json!({})).await
}

async fn next_with(browser: &Browser, process: Uuid, serials: &[String], mut body: Value) -> Answer {
    body["step"] = json!("introduction");
    body["recover"] = json!(serials);
    browser.post(&api::process_next(process), body).await
}

/// What a second person sees of it.
async fn all(browser: &Browser) -> Vec<RecoveryRequest> {
    browser.get(admin::RECOVERIES).await.json()
}

async fn decide(browser: &Browser, id: Uuid, decision: Decision, reason: &str) -> Answer {
    let body = json!({ "decision": decision, "reason": reason });
    browser.post(&admin::recovery_decision(id), body).await
}

async fn approve(browser: &Browser, id: Uuid) -> RecoveryRequest {
    decide(browser, id, Decision::Approve, "Seen in person.")
        .await
        .json()
}

/// What the audit log has of a process.
async fn records(server: &Server, process: Uuid, event: Event) -> Vec<Record> {
    let book = server.context.store.read();
    let mut records = book.history(Uuid::nil(), process).await.unwrap();
    records.retain(|record| record.event == event);
    records
}

/// It waits at the introduction, says so, and no code went out.
#[track_caller]
fn waits(answer: Answer) -> ProcessView {
    let view: ProcessView = answer.json();
    assert_eq!(view.state, ProcessState::Started);
    assert!(view.activation.is_none());
    assert_eq!(shown(&view).state, ApprovalState::Pending);
    view
}

/// The request as the user's dialog shows it.
#[track_caller]
fn shown(view: &ProcessView) -> Approval {
    let recovery = view.recovery.as_ref().unwrap();
    assert!(recovery.needs_approval);
    recovery.approval.clone().unwrap()
}

/// A code went out.
#[track_caller]
fn goes_on(answer: Answer) -> ProcessView {
    let view: ProcessView = answer.json();
    assert_eq!(view.state, ProcessState::Open);
    assert!(view.activation.as_ref().unwrap().code.is_some());
    view
}

async fn the_user_waits_and_goes_on_when_a_second_person_has_approved(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 2).await;
    assert_eq!(all(&olga).await, []);
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    let asked = records(&server, process, Event::RecoveryRequested).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].detail, serials.join(", "));

    let [request] = <[_; 1]>::try_from(all(&olga).await).unwrap();
    assert_eq!(
        (request.user.as_str(), request.user_name.as_str()),
        ("anna Svensson", "anna")
    );
    assert_eq!(request.approval.state, ApprovalState::Pending);
    assert!(request.can_decide);
    let told: Vec<_> = request
        .certificates
        .iter()
        .map(|one| one.serial.clone())
        .collect();
    assert_eq!(told, serials);
    for certificate in &request.certificates {
        assert_eq!(certificate.phone, "Pixel 8, Chrome on Android");
        assert_eq!(certificate.mobile_id, "MobileID anna Svensson");
    }

    let mut bell = server.context.changes.listen();
    let approved = approve(&olga, request.id).await;
    assert_eq!(bell.try_recv(), Ok(process), "the dialog is told");
    assert_eq!(approved.approval.state, ApprovalState::Approved);
    assert_eq!(approved.approval.reason.as_deref(), Some("Seen in person."));
    assert_eq!(approved.decided_by.as_deref(), Some("olga"));
    assert!(!approved.can_decide && approved.decided_at.is_some());
    assert_eq!(shown(&anna.process(process).await), approved.approval);
    assert_eq!(all(&olga).await, [approved]);
    let records = records(&server, process, Event::RecoveryApproved).await;
    assert_eq!(records.len(), 1);
    let expected = format!("by olga: Seen in person.; {}", serials.join(", "));
    assert_eq!(records[0].detail, expected);
    goes_on(next(&anna, process, &serials).await);
}

async fn nobody_decides_on_their_own_keys(server: Server) {
    approval_is_needed(&server).await;
    let roles = [Role::SelfServiceUser, Role::Operator, Role::Administrator];
    server.add("olga", UserState::Active, &roles, None).await;
    let olga = server.signed_in("olga").await;
    let astrid = server.signed_in("astrid").await;
    let serials = earlier(&server, &olga, 1).await;
    let process = olga.start().await.id;
    waits(next(&olga, process, &serials).await);
    let request = all(&olga).await.remove(0);
    assert!(!request.can_decide);
    for decision in [Decision::Approve, Decision::Refuse] {
        decide(&olga, request.id, decision, "It is me.")
            .await
            .refused(Code::RecoveryOwn);
    }
    waits(next(&olga, process, &serials).await);
    assert_eq!(records(&server, process, Event::RecoveryApproved).await, []);
    approve(&astrid, request.id).await;
    goes_on(next(&olga, process, &serials).await);
}

async fn of_two_who_decide_in_the_same_instant_one_does(server: Server) {
    approval_is_needed(&server).await;
    let (olga, astrid) = (operator(&server, "olga").await, server.signed_in("astrid").await);
    for n in 0..3 {
        let anna = server.user(&format!("anna{n}")).await;
        let serials = earlier(&server, &anna, 1).await;
        let process = anna.start().await.id;
        waits(next(&anna, process, &serials).await);
        let request = all(&olga).await.remove(0);
        let (one, other) = tokio::join!(
            decide(&olga, request.id, Decision::Approve, "Seen in person."),
            decide(&astrid, request.id, Decision::Refuse, "Nobody knows her."),
        );
        let (first, second) = if one.status.is_success() {
            (one, other)
        } else {
            (other, one)
        };
        let decided: RecoveryRequest = first.json();
        second.refused(Code::RecoveryDecided);
        assert_eq!(all(&olga).await[0].approval, decided.approval);
        let mut told = records(&server, process, Event::RecoveryApproved).await;
        told.extend(records(&server, process, Event::RecoveryRefused).await);
        assert_eq!(told.len(), 1);
        // Nothing is undone by saying it again.
        decide(&olga, request.id, Decision::Approve, "Once more.")
            .await
            .refused(Code::RecoveryDecided);
    }
}

async fn nobody_decides_in_time_and_it_lapses_by_itself(server: Server) {
    approval_is_needed(&server).await;
    let anna = server.user("anna").await;
    operator(&server, "olga").await;
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    server.later(TTL);
    let olga = server.signed_in("olga").await;
    // Before anybody has written it down.
    let request = all(&olga).await.remove(0);
    assert_eq!(request.approval.state, ApprovalState::Lapsed);
    assert!(!request.can_decide);
    decide(&olga, request.id, Decision::Approve, "Too late.")
        .await
        .refused(Code::RecoveryDecided);
    let mut bell = server.context.changes.listen();
    assert_eq!(server.sweep().await, 0, "the process goes on");
    assert_eq!(bell.try_recv(), Ok(process), "the dialog is told");
    assert_eq!(server.sweep().await, 0);
    let anna = server.signed_in("anna").await;
    assert_eq!(shown(&anna.process(process).await).state, ApprovalState::Lapsed);
    assert_eq!(records(&server, process, Event::RecoveryLapsed).await.len(), 1);
    // The user asks anew.
    let olga = server.signed_in("olga").await;
    waits(next(&anna, process, &serials).await);
    let requests = all(&olga).await;
    assert_eq!(
        requests.iter().map(|one| one.approval.state).collect::<Vec<_>>(),
        [ApprovalState::Pending, ApprovalState::Lapsed]
    );
    approve(&olga, requests[0].id).await;
    goes_on(next(&anna, process, &serials).await);
}

async fn a_refusal_is_shown_with_its_reason_and_can_be_asked_again(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    let id = all(&olga).await[0].id;
    let long = "x".repeat(501);
    for reason in ["", "  \n ", "\u{200b}", long.as_str()] {
        decide(&olga, id, Decision::Refuse, reason)
            .await
            .refused(Code::ReasonMissing);
    }
    assert_eq!(all(&olga).await[0].approval.state, ApprovalState::Pending);
    decide(&olga, id, Decision::Refuse, "Come\r\nin person.")
        .await
        .ok();
    let refused = all(&olga).await.remove(0);
    assert_eq!(refused.approval.state, ApprovalState::Refused);
    assert_eq!(shown(&anna.process(process).await), refused.approval);
    assert_eq!(refused.approval.reason.as_deref(), Some("Come in person."));
    let told = records(&server, process, Event::RecoveryRefused).await;
    assert!(told[0].detail.starts_with("by olga: Come in person."));
    waits(next(&anna, process, &serials).await);
    let again = all(&olga).await.remove(0);
    assert_eq!(again.approval.state, ApprovalState::Pending);
    assert_ne!(again.id, id);
}

async fn an_approval_counts_for_what_it_was_asked_for_and_nothing_else(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 2).await;
    let (first, second) = (&serials[..1], &serials[1..]);
    let process = anna.start().await.id;
    waits(next(&anna, process, first).await);
    let id = all(&olga).await[0].id;
    approve(&olga, id).await;
    // Other ones, and more: each is asked for in place of what waits.
    waits(next(&anna, process, second).await);
    waits(next(&anna, process, &serials).await);
    let requests = all(&olga).await;
    let states: Vec<_> = requests.iter().map(|one| one.approval.state).collect();
    assert_eq!(
        states,
        [
            ApprovalState::Pending,
            ApprovalState::Lapsed,
            ApprovalState::Approved
        ]
    );
    assert_eq!(requests[0].certificates.len(), 2);
    decide(&olga, requests[1].id, Decision::Approve, "The former one.")
        .await
        .refused(Code::RecoveryDecided);
    let asked = records(&server, process, Event::RecoveryRequested).await;
    assert_eq!(asked.len(), 3);
    assert!(asked[2].detail.ends_with(", in place of an earlier request"));
    assert!(!asked[1].detail.contains("in place"));
    // What was approved still is.
    goes_on(next(&anna, process, first).await);
    assert_eq!(all(&olga).await[0].approval.state, ApprovalState::Lapsed);
}

async fn an_approval_is_used_up_by_time(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    server.later(Duration::minutes(20));
    let id = all(&olga).await[0].id;
    approve(&olga, id).await;
    server.later(TTL);
    server.sweep().await;
    let (anna, olga) = (server.signed_in("anna").await, server.signed_in("olga").await);
    waits(next(&anna, process, &serials).await);
    let requests = all(&olga).await;
    assert_eq!(requests[0].approval.state, ApprovalState::Pending);
    assert_eq!(requests[1].approval.state, ApprovalState::Lapsed);
    assert_eq!(requests[1].decided_by.as_deref(), Some("olga"));
    // In time it counts, and takes a fresh sign-in as ever.
    approve(&olga, requests[0].id).await;
    server.later(TTL - Duration::MINUTE);
    let anna = server.signed_in("anna").await;
    server.later(Duration::seconds(30));
    goes_on(next(&anna, process, &serials).await);
}

async fn an_approval_counts_as_long_as_its_giver_may_give_it(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    let id = all(&olga).await[0].id;
    approve(&olga, id).await;
    server.set_state("olga", UserState::Inactive).await;
    waits(next(&anna, process, &serials).await);
    let astrid = server.signed_in("astrid").await;
    let id = all(&astrid).await[0].id;
    approve(&astrid, id).await;
    let roles = async |roles| {
        let change = server::use_case::change_user::Change {
            roles: Some(roles),
            ..Default::default()
        };
        server::use_case::change_user::run(&server.context, "astrid", change)
            .await
            .unwrap();
    };
    roles(vec![Role::SelfServiceUser]).await;
    waits(next(&anna, process, &serials).await);
    roles(vec![Role::Operator]).await;
    goes_on(next(&anna, process, &serials).await);
}

async fn a_process_asks_twenty_times(server: Server) {
    approval_is_needed(&server).await;
    let anna = server.user("anna").await;
    let serials = earlier(&server, &anna, 2).await;
    let process = anna.start().await.id;
    for n in 0..20 {
        waits(next(&anna, process, &serials[n % 2..=n % 2]).await);
    }
    let refused = next(&anna, process, &serials[..1])
        .await
        .refused(Code::TooManyAttempts);
    assert!(refused.retry_after.is_some_and(|seconds| seconds > 23 * 3600));
    // What waits still does, and who recovers nothing goes on.
    waits(next(&anna, process, &serials[1..]).await);
    assert_eq!(
        records(&server, process, Event::RecoveryRequested).await.len(),
        20
    );
    goes_on(next(&anna, process, &[]).await);
}

async fn a_process_that_ends_takes_its_request_with_it(server: Server) {
    approval_is_needed(&server).await;
    let olga = operator(&server, "olga").await;
    for n in 0..3 {
        let name = format!("anna{n}");
        let anna = server.user(&name).await;
        let serials = earlier(&server, &anna, 1).await;
        let process = anna.start().await.id;
        waits(next(&anna, process, &serials).await);
        let request = all(&olga).await.remove(0);
        match n {
            0 => drop(anna.cancel(process).await.ok()),
            1 => server.set_state(&name, UserState::Inactive).await,
            // Nobody has written it down when the second person decides.
            _ => {
                let change = server::use_case::change_user::Change {
                    roles: Some(vec![]),
                    ..Default::default()
                };
                server::use_case::change_user::run(&server.context, &name, change)
                    .await
                    .unwrap();
            }
        }
        decide(&olga, request.id, Decision::Approve, "Seen in person.")
            .await
            .refused(Code::RecoveryDecided);
        let over = all(&olga).await.remove(0);
        assert_eq!(
            (over.id, over.approval.state),
            (request.id, ApprovalState::Lapsed)
        );
        assert_eq!(records(&server, process, Event::RecoveryApproved).await, []);
        assert_eq!(
            records(&server, process, Event::RecoveryLapsed).await,
            [],
            "the end itself is written down"
        );
    }
}

async fn what_is_to_be_replaced_works_until_the_code_goes_out(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let (old, serial) = one_earlier(&server, &anna).await;
    let old = old.summary.id;
    let state = async || {
        let seen: MobileId = anna.get(&api::mobile_id(old)).await.json();
        seen.summary.state
    };
    let process = anna.start().await.id;
    let replace = json!({ "replace": { "mobile_id": old, "reason": LockReason::Replaced } });
    let serials = [serial];
    let view = waits(next_with(&anna, process, &serials, replace.clone()).await);
    assert_eq!(view.replaced, None);
    assert_eq!(state().await, MobileIdState::Active);
    let id = all(&olga).await[0].id;
    approve(&olga, id).await;
    assert_eq!(state().await, MobileIdState::Active);
    let view = goes_on(next_with(&anna, process, &serials, replace).await);
    assert_eq!(view.replaced.unwrap().state, MobileIdState::Locked);
    assert_eq!(state().await, MobileIdState::Locked);
}

async fn two_clicks_and_two_windows_ask_once(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    let (one, other) = tokio::join!(next(&anna, process, &serials), next(&anna, process, &serials));
    waits(one);
    waits(other);
    let id = all(&olga).await[0].id;
    assert_eq!(all(&olga).await.len(), 1);
    assert_eq!(records(&server, process, Event::RecoveryRequested).await.len(), 1);
    approve(&olga, id).await;
    let path = api::process_next(process);
    let body = json!({ "step": "introduction" });
    let (one, other) = tokio::join!(anna.post(&path, &body), anna.post(&path, &body));
    let codes = [one, other].map(|answer| answer.json::<ProcessView>().activation.unwrap().code);
    assert_eq!(codes.iter().flatten().count(), 1);
}

async fn who_goes_on_without_waits_for_nobody(server: Server) {
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    let id = all(&olga).await[0].id;
    goes_on(next(&anna, process, &[]).await);
    assert_eq!(all(&olga).await[0].approval.state, ApprovalState::Lapsed);
    decide(&olga, id, Decision::Approve, "Seen in person.")
        .await
        .refused(Code::RecoveryDecided);
}

#[tokio::test]
async fn a_request_outlives_the_server() {
    let server = Server::start().await;
    approval_is_needed(&server).await;
    let (anna, _) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    let dir = server.dir.clone();
    server.stop();
    let server = Server::start_in(dir, |_| {}).await;
    let (anna, olga) = (server.signed_in("anna").await, server.signed_in("olga").await);
    let id = all(&olga).await[0].id;
    waits(next(&anna, process, &serials).await);
    assert_eq!(all(&olga).await.len(), 1);
    approve(&olga, id).await;
    goes_on(next(&anna, process, &serials).await);
}

#[tokio::test]
async fn how_long_it_waits_is_a_setting() {
    let server = Server::start_with(|settings| settings.limits.approval_ttl = Duration::MINUTE).await;
    approval_is_needed(&server).await;
    let (anna, olga) = (server.user("anna").await, operator(&server, "olga").await);
    let serials = earlier(&server, &anna, 1).await;
    let process = anna.start().await.id;
    waits(next(&anna, process, &serials).await);
    server.later(Duration::MINUTE);
    assert_eq!(all(&olga).await[0].approval.state, ApprovalState::Lapsed);
}

#[tokio::test]
async fn what_is_no_request_and_no_decision_is_refused() {
    let server = Server::start().await;
    let olga = operator(&server, "olga").await;
    decide(&olga, Uuid::now_v7(), Decision::Approve, "Seen in person.")
        .await
        .refused(Code::NotFound);
    for body in [
        json!({}),
        json!({ "decision": "perhaps", "reason": "I am not sure." }),
    ] {
        let path = admin::recovery_decision(Uuid::now_v7());
        olga.send(Method::POST, &path, Some(&body))
            .await
            .refused(Code::MalformedRequest);
    }
}

#[tokio::test]
async fn the_user_is_told_by_mail_in_their_language() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    approval_is_needed(&server).await;
    let olga = operator(&server, "olga").await;
    for (name, language, decision, subject, words) in [
        (
            "anna",
            "en",
            Decision::Approve,
            "Your recovery was approved",
            "wrote: “Seen in person.”",
        ),
        (
            "bertil",
            "sv",
            Decision::Refuse,
            "Din återställning avslogs",
            "skrev: ”Seen in person.”",
        ),
        (
            "cecilia",
            "de",
            Decision::Approve,
            "Ihre Wiederherstellung wurde genehmigt",
            "geschrieben: „Seen in person.“",
        ),
    ] {
        let user = server.user(name).await;
        let put = json!({ "language": language });
        user.send(Method::PUT, api::SESSION_LANGUAGE, Some(&put))
            .await
            .ok();
        let serials = earlier(&server, &user, 1).await;
        let process = user.start().await.id;
        waits(next(&user, process, &serials).await);
        let id = all(&olga).await[0].id;
        decide(&olga, id, decision, "Seen in person.").await.ok();
        round(&server).await;
        let mails = smtp.mails();
        let mail = mails.last().unwrap();
        if subject.is_ascii() {
            assert_eq!(read::header(mail, "Subject"), subject);
        }
        assert!(read::text(mail).contains(words), "{}", read::text(mail));
    }
    assert_eq!(smtp.mails().len(), 3);
    // Nobody has an address to write to: it is decided all the same.
    let doris = server.user("doris").await;
    let mut user = server
        .context
        .store
        .read()
        .user_named("doris")
        .await
        .unwrap()
        .unwrap();
    user.email = None;
    server.context.store.read().save_user(&user).await.unwrap();
    let serials = earlier(&server, &doris, 1).await;
    let process = doris.start().await.id;
    waits(next(&doris, process, &serials).await);
    let id = all(&olga).await[0].id;
    approve(&olga, id).await;
    round(&server).await;
    assert_eq!(smtp.mails().len(), 3);
    goes_on(next(&doris, process, &serials).await);
}
