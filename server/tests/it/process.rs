//! The process in the portal: start, Next, codes, cancel, and everything that a person may do twice.

use serde_json::json;
use shared::{
    api::{Dashboard, Ending, Event, ProcessAction, ProcessState, ProcessView, Step, UserState},
    problem::Code,
    url::{self, api},
};
use time::Duration;
use uuid::Uuid;

use crate::app::{PASSWORD, Server, enroll};

#[tokio::test]
async fn the_whole_journey_ends_in_an_active_mobile_id() {
    use shared::api::{CertificateState::Valid, MobileIdState, Purpose};
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    assert!(
        shown
            .link
            .starts_with(&format!("{}/m#", server.base.replace("127.0.0.1", "localhost"))),
        "{}",
        shown.link
    );
    let code = phone.get_ready(&shown).await;
    let ready = browser.process(process).await;
    assert_eq!(
        (ready.state, ready.pairing_tries_left),
        (ProcessState::KeysReceived, Some(5))
    );
    assert_eq!(ready.phone.as_deref(), Some("Pixel 8, Chrome on Android"));
    let confirmed: ProcessView = browser.pair(process, &code).await.json();
    assert_eq!(
        (confirmed.state, confirmed.step),
        (ProcessState::Confirmed, Step::Done)
    );
    assert_eq!(
        confirmed.mobile_id.unwrap().summary.state,
        MobileIdState::Registered
    );
    phone.send_receipt(&phone.receipt().await).await.ok();
    let done = browser.process(process).await;
    assert_eq!((done.state, done.expires_at), (ProcessState::Completed, None));
    let mobile_id = done.mobile_id.unwrap();
    assert_eq!(mobile_id.summary.state, MobileIdState::Active);
    assert_eq!(mobile_id.summary.name, "MobileID anna Svensson");
    let purposes: Vec<_> = mobile_id
        .certificates
        .iter()
        .map(|certificate| certificate.purpose)
        .collect();
    assert_eq!(purposes, [Purpose::Authentication, Purpose::Signature]);
    for certificate in &mobile_id.certificates {
        assert_eq!(
            (certificate.state_in_ca, certificate.state_in_identity_manager),
            (Valid, Valid)
        );
    }
    let events: Vec<_> = mobile_id.history.iter().map(|entry| entry.event).collect();
    let expected = [
        Event::ProcessStarted,
        Event::CodeShown,
        Event::CodeClaimed,
        Event::KeysReceived,
        Event::CertificatesIssued,
        Event::ProcessCompleted,
    ];
    assert_eq!(events, expected);
    let dashboard: Dashboard = browser.get(api::DASHBOARD).await.json();
    assert!(dashboard.open_process.is_none());
    assert_eq!(dashboard.mobile_ids.len(), 1);
}

#[tokio::test]
async fn a_double_click_and_a_second_tab_get_one_process() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (a, b, c, d) = tokio::join!(browser.start(), browser.start(), browser.start(), browser.start());
    assert_eq!([a.id, b.id, c.id], [b.id, c.id, d.id]);
    let dashboard: Dashboard = browser.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.open_process.unwrap().id, a.id);
}

#[tokio::test]
async fn next_twice_shows_one_code() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let process = browser.start().await.id;
    let (first, second) = tokio::join!(browser.show_code(process), browser.show_code(process));
    let codes = [first, second].map(|view| view.activation.unwrap());
    assert_eq!(
        codes
            .iter()
            .map(|activation| activation.number)
            .collect::<Vec<_>>(),
        [1, 1]
    );
    assert_eq!(
        codes
            .iter()
            .filter(|activation| activation.code.is_some())
            .count(),
        1
    );
}

#[tokio::test]
async fn a_code_is_in_the_answer_that_made_it_and_nowhere_else() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (process, shown) = browser.open().await;
    let long = url::page::activation_code(&shown.link).to_owned();
    for path in [api::process(process), api::DASHBOARD.to_owned()] {
        let text = browser.get(&path).await.ok().text();
        assert!(
            !text.contains(&long) && !text.contains(&shown.short_code),
            "{path}"
        );
    }
    let file = std::fs::read(server.dir.path().join("selfservice.sqlite")).unwrap();
    let wal = std::fs::read(server.dir.path().join("selfservice.sqlite-wal")).unwrap_or_default();
    let short = shown.short_code.replace('-', "");
    for secret in [long.as_bytes(), shown.short_code.as_bytes(), short.as_bytes()] {
        for stored in [&file, &wal] {
            assert!(
                !stored.windows(secret.len()).any(|window| window == secret),
                "a code is stored in the clear"
            );
        }
    }
}

#[tokio::test]
async fn a_new_code_kills_the_old_one() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, old) = browser.open().await;
    let new: ProcessView = browser.post(&api::process_code(process), json!({})).await.json();
    let new = new.activation.unwrap();
    assert_eq!(new.number, 2);
    for code in [url::page::activation_code(&old.link), &old.short_code] {
        phone.look(code).await.refused(Code::ActivationCodeReplaced);
        phone.claim(code).await.refused(Code::ActivationCodeReplaced);
    }
    phone.claim(&new.code.unwrap().short_code).await.ok();
    browser
        .post(&api::process_code(process), json!({}))
        .await
        .refused(Code::ActionNotPossible);
}

#[tokio::test]
async fn next_without_the_phone_or_without_the_code_says_what_is_missing_and_stays() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    browser.pair(process, "123456").await.refused(Code::PhoneNotReady);
    phone.claim(url::page::activation_code(&shown.link)).await.ok();
    browser.pair(process, "").await.refused(Code::PhoneNotReady);
    phone.send_keys().await.ok();
    browser.pair(process, " ").await.refused(Code::PairingCodeMissing);
    let next = api::process_next(process);
    browser
        .post(&next, json!({ "step": "scan" }))
        .await
        .refused(Code::PairingCodeMissing);
    browser
        .pair(process, "12345")
        .await
        .refused(Code::PairingCodeMalformed);
    let view = browser.process(process).await;
    assert_eq!(
        (view.state, view.pairing_tries_left),
        (ProcessState::KeysReceived, Some(5)),
        "nothing was used up"
    );
}

#[tokio::test]
async fn five_wrong_pairing_codes_end_the_enrollment() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let right = phone.get_ready(&shown).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for left in [4, 3, 2, 1, 0] {
        let problem = browser.pair(process, wrong).await.refused(Code::PairingCodeWrong);
        assert_eq!(problem.tries_left, Some(left));
    }
    browser.pair(process, &right).await.refused(Code::ProcessEnded);
    let view = browser.process(process).await;
    assert_eq!(
        (view.state, view.ending),
        (ProcessState::Failed, Some(Ending::PairingCodeWrong))
    );
    assert_eq!(phone.enrollment().await.ending, Some(Ending::PairingCodeWrong));
    assert_ne!(browser.start().await.id, process, "a new one can be started");
}

#[tokio::test]
async fn next_twice_and_from_two_tabs_issues_once() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let code = phone.get_ready(&shown).await;
    let (a, b) = tokio::join!(browser.pair(process, &code), browser.pair(process, &code));
    let (a, b): (ProcessView, ProcessView) = (a.json(), b.json());
    assert_eq!(
        a.mobile_id.as_ref().unwrap().summary.id,
        b.mobile_id.unwrap().summary.id
    );
    let late: ProcessView = browser.pair(process, "000000").await.json();
    assert_eq!(
        late.state,
        ProcessState::Confirmed,
        "a late click changes nothing"
    );
    let dashboard: Dashboard = browser.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.mobile_ids.len(), 1);
}

#[tokio::test]
async fn cancel_tells_the_phone_and_may_be_repeated() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    phone.claim(&shown.short_code).await.ok();
    for _ in 0..2 {
        let view: ProcessView = browser.cancel(process).await.json();
        assert_eq!(
            (view.state, view.ending),
            (ProcessState::Cancelled, Some(Ending::CancelledByUser))
        );
        assert_eq!(view.actions, []);
    }
    assert_eq!(phone.enrollment().await.ending, Some(Ending::CancelledByUser));
    phone.send_keys().await.refused(Code::ProcessEnded);
    server
        .phone()
        .look(&shown.short_code)
        .await
        .refused(Code::ActivationCancelled);
    browser
        .post(&api::process_next(process), json!({ "step": "scan" }))
        .await
        .refused(Code::ProcessEnded);
    browser
        .post(&api::process_code(process), json!({}))
        .await
        .refused(Code::ProcessEnded);
}

#[tokio::test]
async fn not_my_phone_needs_a_phone() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let not_mine = json!({ "not_my_phone": true });
    browser
        .post(&api::process_cancel(process), &not_mine)
        .await
        .refused(Code::ActionNotPossible);
    phone.claim(&shown.short_code).await.ok();
    let claimed = browser.process(process).await;
    assert_eq!(
        claimed.actions,
        [
            ProcessAction::Next,
            ProcessAction::Cancel,
            ProcessAction::NotMyPhone
        ]
    );
    let view: ProcessView = browser
        .post(&api::process_cancel(process), &not_mine)
        .await
        .json();
    assert_eq!(view.ending, Some(Ending::PhoneNotRecognised));
}

#[tokio::test]
async fn an_inactive_user_starts_nothing_and_is_told_why() {
    let server = Server::start().await;
    server.add_user("ivar", UserState::Inactive).await;
    let browser = server.anonymous();
    browser.sign_in("ivar", PASSWORD).await.ok();
    let dashboard: Dashboard = browser.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.start_refused, Some(Code::UserNotActive));
    let start = json!({ "kind": "MobileIDSelfServiceProcGet" });
    browser
        .post(api::PROCESSES, start)
        .await
        .refused(Code::UserNotActive);
}

#[tokio::test]
async fn a_user_made_inactive_half_way_ends_the_process_at_every_state() {
    let server = Server::start().await;
    for (n, reach) in [
        ProcessState::Started,
        ProcessState::Open,
        ProcessState::KeysReceived,
        ProcessState::Confirmed,
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user{n}");
        let (browser, phone) = (server.user(&name).await, server.phone());
        let process = browser.start().await.id;
        if reach != ProcessState::Started {
            let shown = browser.show_code(process).await.activation.unwrap().code.unwrap();
            if reach != ProcessState::Open {
                let code = phone.get_ready(&shown).await;
                if reach == ProcessState::Confirmed {
                    browser.pair(process, &code).await.ok();
                }
            }
        }
        assert_eq!(browser.process(process).await.state, reach);
        server.set_state(&name, UserState::Inactive).await;
        let view = browser.process(process).await;
        assert_eq!(
            (view.state, view.ending),
            (ProcessState::Failed, Some(Ending::UserNotActive)),
            "{reach:?}"
        );
        if let Some(mobile_id) = view.mobile_id {
            for certificate in mobile_id.certificates {
                assert_eq!(certificate.state_in_ca, shared::api::CertificateState::Revoked);
                assert_eq!(
                    certificate.state_in_identity_manager,
                    shared::api::CertificateState::Revoked
                );
            }
        }
        let next = api::process_next(process);
        browser
            .post(&next, json!({ "step": "scan", "pairing_code": "123456" }))
            .await
            .refused(Code::ProcessEnded);
    }
}

#[tokio::test]
async fn a_changed_user_state_is_heard_where_the_database_was_changed_by_another_program() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let code = phone.get_ready(&shown).await;
    let user = server
        .context
        .store
        .read()
        .user_named("anna")
        .await
        .unwrap()
        .unwrap();
    server
        .context
        .store
        .read()
        .set_user_state(user.id, UserState::Inactive)
        .await
        .unwrap();
    browser.pair(process, &code).await.refused(Code::UserNotActive);
    assert_eq!(phone.enrollment().await.ending, Some(Ending::UserNotActive));
}

#[tokio::test]
async fn time_ends_what_nobody_goes_on_with() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let process = browser.start().await.id;
    server.later(Duration::hours(25));
    browser.sign_in("anna", PASSWORD).await.ok();
    assert_eq!(browser.process(process).await.ending, Some(Ending::Abandoned));
    let next = browser.start().await;
    assert_ne!(next.id, process);
    assert_eq!(next.state, ProcessState::Started);
}

#[tokio::test]
async fn someone_who_has_an_active_mobile_id_is_told_so() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let first = enroll(&browser, &server.phone()).await;
    let process = browser.start().await;
    assert_eq!(process.active_mobile_id.unwrap().id, first.summary.id);
    browser.cancel(process.id).await.ok();
    let second = enroll(&browser, &server.phone()).await;
    assert_ne!(first.summary.id, second.summary.id);
}

#[tokio::test]
async fn somebody_elses_process_is_not_there() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let (process, _) = anna.open().await;
    for id in [process, Uuid::now_v7()] {
        bertil.get(&api::process(id)).await.refused(Code::NotFound);
        bertil.get(&api::process_events(id)).await.refused(Code::NotFound);
        bertil.pair(id, "123456").await.refused(Code::NotFound);
        bertil
            .post(&api::process_code(id), json!({}))
            .await
            .refused(Code::NotFound);
        bertil.cancel(id).await.refused(Code::NotFound);
    }
    bertil
        .get(&format!("{}/not-a-uuid", api::PROCESSES))
        .await
        .refused(Code::NotFound);
    assert_eq!(anna.process(process).await.state, ProcessState::Open);
}

#[tokio::test]
async fn the_dialog_hears_of_the_phone_as_it_happens_and_the_stream_ends_with_the_process() {
    let server = Server::start().await;
    let (browser, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = browser.open().await;
    let url = format!("{}{}", server.base, api::process_events(process));
    let response = browser.client.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store, no-transform");
    let stream = tokio::spawn(response.text());
    let code = phone.get_ready(&shown).await;
    browser.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let text = tokio::time::timeout(std::time::Duration::from_secs(20), stream)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let views: Vec<ProcessView> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(views.last().unwrap().state, ProcessState::Completed);
    assert!(views.windows(2).all(|pair| pair[0].state <= pair[1].state));
    assert!(!text.contains(&shown.short_code));
}

#[tokio::test]
async fn the_stream_ends_when_the_session_does() {
    let server = Server::start().await;
    let browser = server.user("anna").await;
    let (process, _) = browser.open().await;
    let url = format!("{}{}", server.base, api::process_events(process));
    let stream = tokio::spawn(browser.client.get(url).send().await.unwrap().text());
    browser
        .send(reqwest::Method::DELETE, api::SESSION, None)
        .await
        .ok();
    let text = tokio::time::timeout(std::time::Duration::from_secs(20), stream)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(text.trim_end().ends_with("event: signed_out\ndata: {}"), "{text}");
}
