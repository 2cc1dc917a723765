//! The activation code by e-mail: out of the mail it opens the enrollment, and out of nothing else.

use serde_json::json;
use server::use_case::change_user::{self, Change};
use shared::{
    api::{
        CodeDelivery, Dashboard, Event, MailState, MailedCode, MobileIdState, Plan, ProcessAction,
        ProcessState, ProcessView, Purpose, Script, ScriptCheck, ScriptName, UserState,
    },
    problem::Code,
    url::{admin, api, page},
};
use time::Duration;
use uuid::Uuid;

use super::{
    plain, read, round, server_with,
    smtp::{Fault, Smtp},
};
use crate::{
    app::{Answer, Browser, Server},
    program,
};

pub const BY_MAIL: &str = "showQRCode = false;";

/// Saves these options, as an administrator does.
pub async fn options(server: &Server, text: &str) {
    let astrid = server.administrator("astrid").await;
    set(&astrid, text).await;
}

async fn set(administrator: &Browser, text: &str) {
    let path = admin::script(ScriptName::Options);
    let base = administrator.get(&path).await.json::<Script>().in_force;
    let body = json!({ "text": text, "comment": "A test", "base": base });
    administrator.post(&path, body).await.ok();
}

pub async fn resend(browser: &Browser, process: Uuid) -> Answer {
    browser.post(&api::process_mail(process), json!({})).await
}

fn mailed(view: &ProcessView) -> &MailedCode {
    view.activation.as_ref().unwrap().mail.as_ref().unwrap()
}

/// The link out of the newest mail of this kind.
fn newest_link(smtp: &Smtp) -> String {
    read::link(smtp.mails().last().unwrap(), "/m#")
}

#[tokio::test]
async fn the_whole_way_with_the_code_out_of_the_mail() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, BY_MAIL).await;
    let anna = server.user("anna").await;
    let started = anna.start().await;
    assert_eq!(started.plan.delivery, CodeDelivery::Mail);
    assert_eq!(started.plan.mail_address.as_deref(), Some("a…@example.com"));
    let process = started.id;
    let next = json!({ "step": "introduction" });
    let answers = [
        anna.post(&api::process_next(process), &next).await.ok().text(),
        anna.get(&api::process(process)).await.ok().text(),
        anna.get(api::DASHBOARD).await.ok().text(),
        // A second click changes nothing.
        anna.post(&api::process_next(process), &next).await.ok().text(),
    ];
    let view = anna.process(process).await;
    assert_eq!(view.state, ProcessState::Open);
    assert_eq!(
        view.actions,
        [
            ProcessAction::Next,
            ProcessAction::Cancel,
            ProcessAction::MailCode
        ]
    );
    let activation = view.activation.clone().unwrap();
    assert_eq!((activation.number, activation.code), (1, None));
    assert_eq!(mailed(&view).address, "a…@example.com");
    assert_eq!(
        (mailed(&view).state, mailed(&view).attempts),
        (MailState::Waiting, 0)
    );

    assert_eq!(round(&server).await.sent, 1);
    let view = anna.process(process).await;
    assert_eq!(mailed(&view).state, MailState::Sent);
    assert!(mailed(&view).handed_over_at.is_some());
    assert_eq!(smtp.mails().len(), 1);
    let mail = &smtp.mails()[0];
    assert!(read::header(mail, "To").contains("<anna@example.com>"));
    let public = server.base.replace("127.0.0.1", "localhost");
    let link = newest_link(&smtp);
    assert!(link.starts_with(&format!("{public}/m#")), "{link}");
    assert!(read::link(mail, "/mail#").starts_with(&format!("{public}/mail#")));
    assert!(read::html(mail).contains(page::activation_code(&link)));
    assert!(read::text(mail).contains("an unknown browser"));
    for text in &answers {
        assert!(!text.contains(page::activation_code(&link)), "{text}");
        assert!(!text.contains("short_code") && !text.contains("/m#"), "{text}");
        assert!(
            !text.contains("anna@example.com") || text.contains("user_id"),
            "{text}"
        );
    }

    let phone = server.phone();
    let code = page::activation_code(&link);
    phone.claim(code).await.ok();
    // The mail alone activates nothing: the digits are typed in the portal.
    assert_eq!(anna.process(process).await.state, ProcessState::Claimed);
    let accepted = phone.send_keys().await.json();
    let digits = phone.pairing_code(code, &accepted);
    assert!(phone.enrollment().await.installation.is_none());
    anna.pair(process, &digits).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let done = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(done.summary.state, MobileIdState::Active);
    let events: Vec<_> = done.history.iter().map(|entry| entry.event).collect();
    assert_eq!(events[1], Event::CodeMailed);
    assert_eq!(round(&server).await.tried, 0, "notify is none");
}

/// The real program, a folder for a mail server, and the headless phone.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_sends_it_and_the_headless_phone_takes_it() {
    use shared::api::Step;
    let server = program::Server::start_with(&[("SELFSERVICE_MAIL__URL", "file:")]).await;
    let script = server.path("options.rhai");
    std::fs::write(&script, BY_MAIL).unwrap();
    let file = script.to_str().unwrap();
    server.say(&["options", "set", file, "--comment", "By mail"]);
    server.say(&["user", "set", "anna", "--language", "sv"]);
    let anna = server.portal("anna").await;
    let body = json!({ "kind": "MobileIDSelfServiceProcGet" });
    let answer = anna.ask(reqwest::Method::POST, api::PROCESSES, &body).await;
    let process = answer.json::<ProcessView>().await.unwrap().id;
    let view = anna.next(process, Step::Introduction, None).await.unwrap();
    assert_eq!(view.activation.unwrap().code, None);
    let folder = server.path("data").join("mail");
    let began_at = std::time::Instant::now();
    let mail = loop {
        let file = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|extension| extension == "eml"));
        if let Some(file) = file {
            break std::fs::read_to_string(file).unwrap();
        }
        assert!(began_at.elapsed().as_secs() < 20, "no mail: {}", server.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert!(read::text(&mail).starts_with("Hej Anna Svensson,"));
    let mut phone = program::HeadlessPhone::start(&read::link(&mail, "/m#"), &server.path("phone"), &[]);
    let code = phone.pairing_code();
    anna.pair(process, &code).await.unwrap();
    assert!(phone.end().success());
    assert_eq!(anna.process(process).await.state, ProcessState::Completed);
}

#[tokio::test]
async fn a_resend_kills_the_old_code_and_its_waiting_mail() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, BY_MAIL).await;
    let anna = server.user("anna").await;
    let process = anna.start().await.id;
    anna.show_code(process).await;
    round(&server).await;
    let first = newest_link(&smtp);
    let refused = resend(&anna, process).await.refused(Code::TooManyAttempts);
    assert!((1..=60).contains(&refused.retry_after.unwrap()), "{refused:?}");
    server.later(Duration::seconds(61));
    let view: ProcessView = resend(&anna, process).await.json();
    assert_eq!(view.activation.as_ref().unwrap().number, 2);
    assert_eq!(mailed(&view).state, MailState::Waiting);
    // A third, before the second has gone: of the two one mail goes.
    server.later(Duration::seconds(61));
    resend(&anna, process).await.ok();
    round(&server).await;
    assert_eq!(smtp.mails().len(), 2);
    let counts = server.context.store.read().mail_counts().await.unwrap();
    assert_eq!((counts.sent, counts.cancelled, counts.waiting), (2, 1, 0));
    let third = newest_link(&smtp);
    let phone = server.phone();
    phone
        .claim(page::activation_code(&first))
        .await
        .refused(Code::ActivationCodeReplaced);
    phone.claim(page::activation_code(&third)).await.ok();
    resend(&anna, process).await.refused(Code::ActionNotPossible);
}

#[tokio::test]
async fn five_an_hour_whatever_is_started_anew() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, BY_MAIL).await;
    let anna = server.user("anna").await;
    for _ in 0..3 {
        let process = anna.start().await.id;
        anna.show_code(process).await;
        anna.cancel(process).await.ok();
    }
    let process = anna.start().await.id;
    anna.show_code(process).await;
    server.later(Duration::seconds(61));
    resend(&anna, process).await.ok();
    server.later(Duration::seconds(61));
    let refused = resend(&anna, process).await.refused(Code::TooManyAttempts);
    let wait = refused.retry_after.unwrap();
    assert!((3_400..3_600).contains(&wait), "{wait}");
    let view = anna.process(process).await;
    let resend_at = &mailed(&view).resend_at.0;
    let at = time::OffsetDateTime::parse(resend_at, &time::format_description::well_known::Rfc3339);
    let left = (at.unwrap() - server.context.clock.now()).whole_seconds();
    assert!((3_400..3_600).contains(&left), "the page knows it too: {left}");
    // Next of another process counts too; nobody else does.
    anna.cancel(process).await.ok();
    let another = anna.start().await.id;
    let next = json!({ "step": "introduction" });
    anna.post(&api::process_next(another), &next)
        .await
        .refused(Code::TooManyAttempts);
    let bertil = server.user("bertil").await;
    let his = bertil.start().await.id;
    bertil.show_code(his).await;
    server.later(Duration::seconds(3_600));
    let anna = server.signed_in("anna").await;
    anna.show_code(another).await;
}

#[tokio::test]
async fn a_code_on_the_screen_can_be_mailed_and_back() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let anna = server.user("anna").await;
    let process = anna.start().await.id;
    resend(&anna, process).await.refused(Code::ActionNotPossible);
    let shown = anna.show_code(process).await;
    let all = [
        ProcessAction::Next,
        ProcessAction::Cancel,
        ProcessAction::NewCode,
        ProcessAction::MailCode,
    ];
    assert_eq!(shown.actions, all);
    assert_eq!(shown.activation.as_ref().unwrap().mail, None);
    let on_screen = shown.activation.unwrap().code.unwrap();
    let view: ProcessView = resend(&anna, process).await.json();
    assert_eq!(view.activation.as_ref().unwrap().code, None);
    assert_eq!(view.actions, all);
    let phone = server.phone();
    for dead in [&on_screen.short_code, page::activation_code(&on_screen.link)] {
        phone.claim(dead).await.refused(Code::ActivationCodeReplaced);
    }
    // A mailed code lives longer than one on the screen.
    server.later(Duration::minutes(20));
    round(&server).await;
    phone.look(page::activation_code(&newest_link(&smtp))).await.ok();
    let anna = server.signed_in("anna").await;
    let back = anna.post(&api::process_code(process), json!({})).await;
    let back: ProcessView = back.json();
    let activation = back.activation.unwrap();
    assert_eq!((activation.number, activation.mail), (3, None));
    phone
        .look(page::activation_code(&newest_link(&smtp)))
        .await
        .refused(Code::ActivationCodeReplaced);
    // Where the options send it by mail, there is no way to the screen.
    options(&server, BY_MAIL).await;
    let bertil = server.user("bertil").await;
    let process = bertil.start().await.id;
    bertil.show_code(process).await;
    bertil
        .post(&api::process_code(process), json!({}))
        .await
        .refused(Code::ActionNotPossible);
}

#[tokio::test]
async fn a_mail_server_that_is_down_is_told_and_loses_nothing() {
    let mut smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, "notify = \"both\";").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    smtp.down();
    let (process, _) = anna.open().await;
    let mut bell = server.context.changes.listen();
    resend(&anna, process).await.ok();
    for attempts in 1..=2 {
        assert_eq!(round(&server).await.sent, 0);
        let view = anna.process(process).await;
        let code = mailed(&view);
        assert_eq!((code.state, code.attempts), (MailState::Waiting, attempts));
        assert_eq!(code.handed_over_at, None);
        server.later(Duration::seconds(20));
    }
    let rung = std::iter::from_fn(|| bell.try_recv().ok()).filter(|rung| *rung == process);
    assert!(rung.count() >= 3, "the code, and each try");
    // The screen is a way round it.
    server.later(Duration::seconds(61));
    let shown: ProcessView = anna.post(&api::process_code(process), json!({})).await.json();
    let code = phone.get_ready(&shown.activation.unwrap().code.unwrap()).await;
    anna.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    // Bertil waits for the server to come back.
    options_again(&server, BY_MAIL).await;
    let bertil = server.user("bertil").await;
    let his = bertil.start().await.id;
    bertil.show_code(his).await;
    round(&server).await;
    smtp.up().await;
    server.later(Duration::minutes(5));
    while round(&server).await.tried > 0 {}
    let mut subjects: Vec<_> = smtp
        .mails()
        .iter()
        .map(|mail| read::header(mail, "Subject"))
        .collect();
    subjects.sort();
    assert_eq!(
        subjects,
        ["Set up your mobile ID", "Your mobile ID is ready"],
        "the dead code never goes, all else once"
    );
    let is_his = |mail: &&String| read::header(mail, "To").contains("bertil@example.com");
    let mail = smtp.mails().iter().find(is_his).unwrap().clone();
    let link = read::link(&mail, "/m#");
    server.phone().claim(page::activation_code(&link)).await.ok();
}

async fn options_again(server: &Server, text: &str) {
    set(&server.signed_in("astrid").await, text).await;
}

#[tokio::test]
async fn what_is_claimed_or_over_is_mailed_no_more() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, BY_MAIL).await;
    let states = async |server: &Server| {
        let counts = server.context.store.read().mail_counts().await.unwrap();
        (counts.waiting, counts.cancelled)
    };
    for (name, by) in [("anna", "cancel"), ("bertil", "state"), ("cecilia", "time")] {
        let user = server.user(name).await;
        let process = user.start().await.id;
        user.show_code(process).await;
        assert_eq!(states(&server).await.0, 1, "{by}");
        match by {
            "cancel" => drop(user.cancel(process).await.ok()),
            "state" => server.set_state(name, UserState::Locked).await,
            _ => {
                server.later(Duration::hours(25));
                assert_eq!(server.sweep().await, 1);
            }
        }
        assert_eq!(states(&server).await.0, 0, "{by}");
    }
    assert_eq!(states(&server).await.1, 3);
    assert_eq!(round(&server).await.tried, 0);
    // A mail that arrived, though the server did not say so, waits for another try; the phone has its code already.
    let dora = server.user("dora").await;
    let process = dora.start().await.id;
    dora.show_code(process).await;
    smtp.faults(&[Fault::TakeAndCut]);
    assert_eq!(round(&server).await.sent, 0);
    assert_eq!(states(&server).await.0, 1);
    let phone = server.phone();
    let link = newest_link(&smtp);
    phone.claim(page::activation_code(&link)).await.ok();
    assert_eq!(states(&server).await, (0, 4));
    server.later(Duration::minutes(1));
    assert_eq!(round(&server).await.tried, 0);
    assert_eq!(smtp.mails().len(), 1);
}

#[tokio::test]
async fn who_has_no_address_is_told_before_anything_begins() {
    let smtp = Smtp::start(None).await;
    let with_mail = plain(&smtp).await;
    let without = Server::start().await;
    let no_address = Change {
        email: Some(String::new()),
        ..Change::default()
    };
    let on_screen = "showQRCode = false; showQRCodeWithoutEmail = true;";
    // The options; whether this installation sends mail, whether anna has an address; what comes of it.
    let table = [
        ("", true, false, Ok(CodeDelivery::Screen)),
        (BY_MAIL, true, true, Ok(CodeDelivery::Mail)),
        (BY_MAIL, true, false, Err(Code::EmailMissing)),
        (on_screen, true, true, Ok(CodeDelivery::Mail)),
        (on_screen, true, false, Ok(CodeDelivery::ScreenWithoutAddress)),
        (
            "showQRCodeWithoutEmail = true;",
            true,
            false,
            Ok(CodeDelivery::Screen),
        ),
        ("", false, true, Ok(CodeDelivery::Screen)),
        ("", false, false, Ok(CodeDelivery::Screen)),
    ];
    for server in [&with_mail, &without] {
        server.administrator("astrid").await;
    }
    for (number, (text, sends_mail, has_address, expected)) in table.into_iter().enumerate() {
        let server = if sends_mail { &with_mail } else { &without };
        options_again(server, &format!("// {number}\n{text}")).await;
        let name = format!("anna{number}");
        let anna = server.user(&name).await;
        if !has_address {
            change_user::run(&server.context, &name, no_address.clone())
                .await
                .unwrap();
        }
        let dashboard: Dashboard = anna.get(api::DASHBOARD).await.json();
        assert_eq!(dashboard.start_refused, expected.err(), "{number} {text}");
        let start = json!({ "kind": "MobileIDSelfServiceProcGet" });
        let answer = anna.post(api::PROCESSES, start).await;
        let plan = match expected {
            Err(code) => {
                answer.refused(code);
                continue;
            }
            Ok(_) => answer.json::<ProcessView>().plan,
        };
        assert_eq!(Ok(plan.delivery), expected, "{number} {text}");
        assert_eq!(plan.mail_address.is_some(), sends_mail && has_address, "{number}");
        let process = anna.start().await.id;
        let view = anna.show_code(process).await;
        let activation = view.activation.unwrap();
        assert_eq!(activation.code.is_some(), plan.delivery != CodeDelivery::Mail);
        let can_mail = view.actions.contains(&ProcessAction::MailCode);
        assert_eq!(can_mail, sends_mail && has_address, "{number}");
        if !can_mail {
            let code = if has_address {
                Code::MailUnavailable
            } else {
                Code::EmailMissing
            };
            resend(&anna, process).await.refused(code);
        }
    }
}

#[tokio::test]
async fn an_address_that_goes_half_way_stops_the_mail_and_not_the_process() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, BY_MAIL).await;
    let anna = server.user("anna").await;
    let process = anna.start().await.id;
    for (email, refusal) in [("", Some(Code::EmailMissing)), ("anna@example.org", None)] {
        let change = Change {
            email: Some(email.into()),
            ..Change::default()
        };
        change_user::run(&server.context, "anna", change).await.unwrap();
        let next = json!({ "step": "introduction" });
        let answer = anna.post(&api::process_next(process), &next).await;
        match refusal {
            Some(code) => drop(answer.refused(code)),
            None => drop(answer.ok()),
        }
    }
    round(&server).await;
    assert!(read::header(&smtp.mails()[0], "To").contains("anna@example.org"));
}

/// A server without a mail path whose database holds options that need one.
#[tokio::test]
async fn a_mail_path_that_is_gone_refuses_and_shows_nothing_instead() {
    let with = server_with("file:", None).await;
    options(&with, BY_MAIL).await;
    let (anna, bertil) = (with.user("anna").await, with.user("bertil").await);
    let process = anna.start().await.id;
    assert_eq!(bertil.start().await.plan.delivery, CodeDelivery::Mail);
    with.stop();
    let without = Server::start_in(with.dir.clone(), |_| {}).await;
    let anna = without.signed_in("anna").await;
    assert_eq!(anna.process(process).await.plan.mail_address, None);
    let next = json!({ "step": "introduction" });
    anna.post(&api::process_next(process), &next)
        .await
        .refused(Code::MailUnavailable);
    anna.cancel(process).await.ok();
    let dashboard: Dashboard = anna.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.start_refused, Some(Code::MailUnavailable));
    let start = json!({ "kind": "MobileIDSelfServiceProcGet" });
    anna.post(api::PROCESSES, start)
        .await
        .refused(Code::MailUnavailable);
    // One that is open can be gone on with, or left.
    let dashboard: Dashboard = without.signed_in("bertil").await.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.start_refused, None);
}

#[tokio::test]
async fn names_and_addresses_are_one_line_and_reach_nobody_else() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let text = format!("{BY_MAIL} MobileIDOptionUserID = user.user_name;");
    options(&server, &text).await;
    let store = &server.context.store;
    for (name, email, reached) in [
        ("anna", "anna@räksmörgås.se", Some("anna@xn--rksmrgs-5wao1o.se")),
        (
            "berit",
            "\"berit..b\"@example.com",
            Some("\"berit..b\"@example.com"),
        ),
        ("bo", "\"bo>b\"@example.com", Some("<\"bo>b\"@example.com>")),
        // Written past every check, as an import might.
        ("eve", "eve@example.com\r\nBcc: all@example.com", None),
        ("evelyn", "evelyn@example.com>, <all@example.com", None),
    ] {
        let browser = server.user(name).await;
        let mut user = store.read().user_named(name).await.unwrap().unwrap();
        user.email = Some(email.into());
        user.display_name = format!("<b>{name}</b>\r\nBcc: all@example.com \u{202e}");
        store.read().save_user(&user).await.unwrap();
        let start = json!({ "kind": "MobileIDSelfServiceProcGet" });
        let answer = browser.post(api::PROCESSES, start).await;
        let Some(reached) = reached else {
            answer.refused(Code::EmailMissing);
            continue;
        };
        let process = answer.json::<ProcessView>().id;
        browser.show_code(process).await;
        assert_eq!(round(&server).await.sent, 1, "{email}");
        let mails = smtp.mails();
        let mail = mails.last().unwrap();
        assert!(read::header(mail, "To").contains(reached), "{mail}");
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(read::html(mail).contains("&lt;b&gt;"), "escaped");
        assert!(!read::html(mail).contains(&format!("<b>{name}")));
    }
    assert_eq!(smtp.mails().len(), 3);
}

#[tokio::test]
async fn links_begin_as_the_settings_say_and_the_browser_is_named() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, BY_MAIL).await;
    let anna = server.user("anna").await;
    let process = anna.start().await.id;
    let path = api::process_next(process);
    let request = anna.client.post(format!("{}{path}", anna.base));
    let answer = request
        .header("sec-fetch-site", "same-origin")
        .header("host", "evil.example.com")
        .header("x-forwarded-host", "evil.example.com")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        )
        .json(&json!({ "step": "introduction" }))
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success());
    round(&server).await;
    let text = read::text(&smtp.mails()[0]);
    assert!(!smtp.mails()[0].contains("evil") && !text.contains("evil"));
    let public = server.base.replace("127.0.0.1", "localhost");
    for link in text.lines().filter(|line| line.starts_with("http")) {
        assert!(link.starts_with(&format!("{public}/m")), "{link}");
    }
    assert!(
        text.contains("It was asked for in Firefox on Linux on "),
        "{text}"
    );
}

#[tokio::test]
async fn the_console_shows_where_the_code_would_go() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let astrid = server.administrator("astrid").await;
    let check = async |text: &str| -> (Plan, ScriptCheck) {
        let body = json!({ "text": text, "user": null });
        let checked: ScriptCheck = astrid
            .post(&admin::script_check(ScriptName::Options), body)
            .await
            .json();
        (checked.effect.clone().unwrap().plan, checked)
    };
    let (plan, checked) = check("showQRCode = false; notify = \"both\";").await;
    assert_eq!((checked.faults, checked.hints), (vec![], vec![]));
    assert_eq!(plan.delivery, CodeDelivery::Mail);
    assert_eq!(plan.mail_address.as_deref(), Some("a…@example.com"));
    assert_eq!(plan.certificates, [Purpose::Authentication, Purpose::Signature]);
    assert_eq!(check("").await.0.delivery, CodeDelivery::Screen);
}
