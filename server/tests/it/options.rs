//! The administrator's options: what is saved is in force at once, for those who begin after it, and harms nobody.

use serde_json::json;
use server::{
    script::{DEFAULT_OPTIONS, DEFAULT_REMINDERS},
    use_case::{PortalError, start_process},
};
use shared::{
    api::{
        CertificateChoice, DiffLine, FaultKind, LineChange, MobileId, OfferedCertificate, ProcessState,
        ProcessView, Purpose, Script, ScriptCheck, ScriptFault, ScriptName, ScriptVersion, UserSummary,
    },
    problem::Code,
    url::{self, admin},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::{Answer, Browser, Phone, Server, enroll},
    program,
};

const NAME: ScriptName = ScriptName::Options;
const REMINDERS: ScriptName = ScriptName::ExpiringOptions;

async fn in_force(browser: &Browser) -> Script {
    browser.get(&admin::script(NAME)).await.json()
}

async fn save(browser: &Browser, text: &str, base: u32) -> Answer {
    let body = json!({ "text": text, "comment": "A test", "base": base });
    browser.post(&admin::script(NAME), body).await
}

async fn check(browser: &Browser, text: &str, user: Option<Uuid>) -> ScriptCheck {
    let body = json!({ "text": text, "user": user });
    browser.post(&admin::script_check(NAME), body).await.json()
}

async fn user_id(server: &Server, user_name: &str) -> Uuid {
    let found = server.context.store.read().user_named(user_name).await.unwrap();
    found.unwrap().id
}

/// Whole days between the ends of the mobile ID's validity.
fn days(mobile_id: &MobileId) -> i64 {
    let time = |text: &str| {
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
    };
    let from = time(&mobile_id.valid_from.0);
    let until = time(&mobile_id.summary.valid_until.0);
    for certificate in &mobile_id.certificates {
        assert_eq!(certificate.not_after, mobile_id.summary.valid_until);
    }
    (until - from + Duration::SECOND).whole_days()
}

#[tokio::test]
async fn a_script_with_defaults_is_there_from_the_start() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let script = in_force(&astrid).await;
    assert_eq!(script.text, DEFAULT_OPTIONS);
    assert_eq!((script.version.number, script.in_force), (1, 1));
    assert_eq!(script.version.author, "Smart ID Self-Service");
    let checked = check(&astrid, &script.text, None).await;
    assert_eq!((checked.faults, checked.hints), (vec![], vec![]));
    let effect = checked.effect.unwrap();
    assert_eq!(effect.values, effect.defaults);
    assert_eq!(effect.user.user_name, "astrid");
    assert_eq!(effect.subject, "CN=astrid Svensson,UID=astrid@example.com");
    // A second start adds none.
    let again = Server::start_in(server.dir.clone(), |_| {}).await;
    let versions: Vec<ScriptVersion> = again
        .signed_in("astrid")
        .await
        .get(&admin::versions(NAME))
        .await
        .json();
    assert_eq!(versions, [script.version]);
}

#[tokio::test]
async fn what_is_saved_is_what_users_get() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let anna = server.user_of("Finance", "anna").await;
    let bertil = server.user_of("Sales", "bertil").await;
    let text = "yearsOfValidity = 0;\n\
                monthsOfValidity = 6;\n\
                MobileIDOptionServerName = \"Example AB\";\n\
                MobileIDOptionProfileName = user.cn + \" at work\";\n\
                MobileIDOptionUserID = user.user_name;\n\
                activationCodeMinutes = 2;\n\
                if user.department == \"Finance\" {\n    monthsOfValidity = 0;\n    daysOfValidity = 30;\n    certificates.signature = \"off\";\n}\n";
    let saved: ScriptVersion = save(&astrid, text, 1).await.json();
    assert_eq!((saved.number, saved.author.as_str()), (2, "astrid"));
    assert_eq!(saved.comment, "A test");

    let phone = phone_for(&server, &[Purpose::Authentication]);
    let of_anna = enroll(&anna, &phone).await;
    assert_eq!(days(&of_anna), 30);
    assert_eq!(of_anna.certificates.len(), 1);
    let of_bertil = enroll(&bertil, &server.phone()).await;
    assert!((180..=184).contains(&days(&of_bertil)), "{}", days(&of_bertil));
    assert_eq!(of_bertil.certificates.len(), 2);
    assert_eq!(of_bertil.server_name, "Example AB");
    assert_eq!(of_bertil.summary.name, "bertil Svensson at work");
    assert_eq!(of_bertil.user_id, "bertil");
    assert_eq!(of_bertil.certificates[0].subject, "CN=bertil Svensson,UID=bertil");

    let started = bertil.start().await;
    let shown = bertil.show_code(started.id).await;
    let book = server.context.store.read();
    let open = book.open_process(user_id(&server, "bertil").await).await;
    let plan = open.unwrap().unwrap().plan;
    assert_eq!((plan.activation_code_seconds, plan.options_version), (120, 2));
    server.later(Duration::seconds(125));
    let code = shown.activation.unwrap().code.unwrap();
    server
        .phone()
        .claim(url::page::activation_code(&code.link))
        .await
        .refused(Code::ActivationCodeExpired);
}

fn phone_for(server: &Server, purposes: &[Purpose]) -> Phone {
    let mut phone = server.phone();
    phone.keys.retain(|key| purposes.contains(&key.purpose));
    phone
}

#[tokio::test]
async fn a_process_keeps_the_options_that_it_began_with() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = anna.open().await;
    save(
        &astrid,
        "yearsOfValidity = 1; MobileIDOptionServerName = \"New\";",
        1,
    )
    .await
    .ok();
    let code = phone.get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = anna.process(process).await.mobile_id.unwrap();
    assert!(days(&made) > 700);
    assert_eq!(made.server_name, "Smart ID");
    // The next one begins with the new options.
    assert_eq!(anna.start().await.plan.server_name, "New");
}

#[tokio::test]
async fn the_user_chooses_where_the_options_say_so() {
    use CertificateChoice::{Default, Required};
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let anna = server.user("anna").await;
    assert_eq!(anna.start().await.plan.choices, []);
    let before = anna.start().await.id;
    anna.cancel(before).await.ok();
    save(&astrid, "userSelectsCertificates = true;", 1).await.ok();
    let started = anna.start().await;
    let offered = |purpose, choice| OfferedCertificate { purpose, choice };
    assert_eq!(
        started.plan.choices,
        [
            offered(Purpose::Authentication, Required),
            offered(Purpose::Signature, Default)
        ]
    );
    let next = |certificates: &[Purpose]| {
        let body = json!({ "step": "introduction", "certificates": certificates });
        let (anna, path) = (anna.clone(), url::api::process_next(started.id));
        async move { anna.post(&path, body).await }
    };
    for wrong in [
        &[][..],
        &[Purpose::Signature],
        &[Purpose::Authentication, Purpose::Encryption],
    ] {
        next(wrong).await.refused(Code::CertificateChoiceWrong);
        assert_eq!(anna.process(started.id).await.state, ProcessState::Started);
    }
    let view: ProcessView = next(&[Purpose::Authentication]).await.json();
    assert_eq!(view.plan.certificates, [Purpose::Authentication]);
    assert_eq!(view.plan.choices, [], "there is no way back to the choice");
    assert_eq!(
        anna.process(started.id).await.plan.certificates,
        [Purpose::Authentication],
        "the choice is kept"
    );
    // A phone with more keys than were chosen is refused, and with the right one goes on.
    let code = view.activation.unwrap().code.unwrap();
    let long = url::page::activation_code(&code.link).to_owned();
    let mut phone = server.phone();
    phone.claim(&long).await.ok();
    phone.send_keys().await.refused(Code::KeySetWrong);
    phone.keys.truncate(1);
    let accepted = phone.send_keys().await.json();
    anna.pair(started.id, &phone.pairing_code(&long, &accepted))
        .await
        .ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = anna.process(started.id).await.mobile_id.unwrap();
    let purposes: Vec<_> = made.certificates.iter().map(|c| c.purpose).collect();
    assert_eq!(purposes, [Purpose::Authentication]);
}

#[tokio::test]
async fn where_there_is_no_choice_none_is_taken() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let started = anna.start().await.id;
    let path = url::api::process_next(started);
    let body = json!({ "step": "introduction", "certificates": ["authentication"] });
    anna.post(&path, body).await.refused(Code::CertificateChoiceWrong);
    let body = json!({ "step": "introduction", "certificates": ["signature", "authentication"] });
    anna.post(&path, body).await.ok();
}

#[tokio::test]
async fn a_faulty_text_is_not_saved_and_its_faults_have_places() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    server.user_of("Finance", "anna").await;
    let fault = |line, kind, name: Option<&str>| (Some(line), kind, name.map(str::to_owned));
    for (text, expected) in [
        (
            "\nyearsOfValidity = 11;",
            fault(2, FaultKind::OutOfRange, Some("yearsOfValidity")),
        ),
        (
            "notfy = \"both\";",
            fault(1, FaultKind::UnknownName, Some("notfy")),
        ),
        (
            "\n\nshowQRCode = false;",
            fault(3, FaultKind::MailNotConfigured, Some("showQRCode")),
        ),
        ("daysOfValidity = (;", fault(1, FaultKind::Syntax, None)),
        ("loop { }", fault(1, FaultKind::LimitReached, None)),
    ] {
        let found = check(&astrid, text, None).await.faults;
        assert_eq!(
            (found[0].line, found[0].kind, found[0].name.clone()),
            expected,
            "{text}"
        );
        let problem = save(&astrid, text, 1).await.refused(Code::ScriptFaulty);
        let detail = problem.detail.unwrap();
        assert!(detail.starts_with("line "), "{detail}");
    }
    // Fine for the one who asks, and not for somebody else.
    let text = "if user.department == \"Finance\" { yearsOfValidity = \"one\"; }";
    let found = check(&astrid, text, None).await;
    let ScriptFault { kind, user, .. } = &found.faults[0];
    assert_eq!((*kind, user.as_deref()), (FaultKind::WrongType, Some("anna")));
    assert!(found.effect.is_some());
    save(&astrid, text, 1).await.refused(Code::ScriptFaulty);
    let anna = user_id(&server, "anna").await;
    let of_anna = check(&astrid, text, Some(anna)).await;
    assert_eq!((of_anna.faults[0].user.as_deref(), of_anna.effect), (None, None));
    assert_eq!(in_force(&astrid).await.in_force, 1);
}

#[tokio::test]
async fn no_certificate_outlives_the_ca() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let found = check(&astrid, "yearsOfValidity = 9;\nmonthsOfValidity = 100;", None).await;
    assert_eq!(
        (found.faults[0].kind, found.faults[0].line),
        (FaultKind::BeyondCa, Some(1))
    );
    assert!(found.effect.is_some(), "what it would be is shown all the same");
    save(&astrid, "yearsOfValidity = 9; monthsOfValidity = 100;", 1)
        .await
        .refused(Code::ScriptFaulty);
    // Options that were fine grow too long as the CA grows old.
    server.user("anna").await;
    let anna = user_id(&server, "anna").await;
    let context = &server.context;
    let left = context.ca.issuing_not_after() - context.clock.now();
    server.later(left - Duration::days(300));
    let now = context.clock.now();
    let refused = start_process::run(context, anna, now).await;
    assert!(matches!(refused, Err(PortalError::BeyondCa)), "{refused:?}");
    let processes = context.store.read().open_process(anna).await.unwrap();
    assert_eq!(processes, None);
}

#[tokio::test]
async fn of_two_administrators_the_second_is_told_and_loses_nothing() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let adam = server.administrator("adam").await;
    save(&astrid, "yearsOfValidity = 1;", 1).await.ok();
    save(&adam, "yearsOfValidity = 3;", 1)
        .await
        .refused(Code::ScriptChanged);
    assert_eq!(in_force(&adam).await.text, "yearsOfValidity = 1;\n");
    // Having looked, he saves on top of hers.
    let saved: ScriptVersion = save(&adam, "yearsOfValidity = 3;", 2).await.json();
    assert_eq!((saved.number, saved.author.as_str()), (3, "adam"));
    // A repeated click, or one whose answer was lost, adds none.
    for base in [2, 3] {
        let again: ScriptVersion = save(&adam, "yearsOfValidity = 3;", base).await.json();
        assert_eq!(again.number, 3);
    }
    let versions: Vec<ScriptVersion> = adam.get(&admin::versions(NAME)).await.json();
    let numbers: Vec<_> = versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
}

#[tokio::test]
async fn of_many_who_save_in_the_same_instant_one_wins() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let mut saves = tokio::task::JoinSet::new();
    for years in 1..=8 {
        let browser = astrid.clone();
        saves.spawn(async move {
            let text = format!("yearsOfValidity = {years};");
            save(&browser, &text, 1).await.status.as_u16()
        });
    }
    let mut statuses = saves.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(in_force(&astrid).await.in_force, 2);
}

#[tokio::test]
async fn nothing_is_overwritten_and_an_old_version_can_come_back() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    save(&astrid, "yearsOfValidity = 1;\r\nnotify = \"both\";\r\n", 1)
        .await
        .ok();
    let first: Script = astrid.get(&admin::version(NAME, 1)).await.json();
    assert_eq!((first.version.number, first.in_force), (1, 2));
    let saved: ScriptVersion = save(&astrid, &first.text, 2).await.json();
    assert_eq!((saved.number, saved.sha256), (3, first.version.sha256));
    let second: Script = astrid.get(&admin::version(NAME, 2)).await.json();
    assert_eq!(second.text, "yearsOfValidity = 1;\nnotify = \"both\";\n");
    let file = astrid.get(&admin::version_file(NAME, 2)).await.ok();
    assert_eq!(file.text(), second.text);
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"MobileIDScriptOptions-2.rhai\""
    );
    astrid.get(&admin::version(NAME, 4)).await.refused(Code::NotFound);
    astrid
        .get(&admin::version_file(NAME, 0))
        .await
        .refused(Code::NotFound);
    for comment in ["", " \n", &"x".repeat(501)] {
        let body = json!({ "text": "notify = \"none\";", "comment": comment, "base": 3 });
        astrid
            .post(&admin::script(NAME), body)
            .await
            .refused(Code::CommentMissing);
    }
}

#[tokio::test]
async fn any_two_texts_can_be_compared() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    save(&astrid, "yearsOfValidity = 1;\nnotify = \"both\";", 1)
        .await
        .ok();
    save(&astrid, "yearsOfValidity = 3;\nnotify = \"both\";", 2)
        .await
        .ok();
    let diff = async |body: serde_json::Value| astrid.post(&admin::script_diff(NAME), body).await;
    let told =
        |lines: Vec<DiffLine>| -> Vec<_> { lines.into_iter().map(|line| (line.change, line.text)).collect() };
    let removed = (LineChange::Removed, "yearsOfValidity = 1;".to_owned());
    let added = (LineChange::Added, "yearsOfValidity = 3;".to_owned());
    let same = (LineChange::Same, "notify = \"both\";".to_owned());
    let versions = diff(json!({ "from": 2, "to": 3 })).await.json();
    assert_eq!(told(versions), [removed, added, same]);
    let text = json!({ "from": 3, "text": "yearsOfValidity = 3;\r\nnotify = \"both\";\r\n" });
    assert_eq!(told(diff(text).await.json()), []);
    diff(json!({ "from": 2, "to": 9 })).await.refused(Code::NotFound);
    diff(json!({ "from": 2 })).await.refused(Code::MalformedRequest);
    diff(json!({ "from": 2, "to": 3, "text": "" }))
        .await
        .refused(Code::MalformedRequest);
}

#[tokio::test]
async fn a_script_that_fails_for_somebody_harms_nobody() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let text = "MobileIDOptionServerName = \"Two\";\nif user.department == \"New\" { throw \"no\"; }";
    save(&astrid, text, 1).await.ok();
    // This user came after it was saved, so that it was never tried for them.
    let nina = server.user_of("New", "nina").await;
    assert_eq!(nina.start().await.plan.server_name, "Smart ID");
    assert_eq!(astrid.start().await.plan.server_name, "Two");
    let process = server
        .context
        .store
        .read()
        .open_process(user_id(&server, "nina").await)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(process.plan.options_version, 1);
    // A version that this server cannot read at all, as one made by a newer server may be.
    let path = server.dir.path().join("selfservice.sqlite");
    let statement = "INSERT INTO script_version SELECT name, 3, saved_at, author, comment, sha256, 'let = ;' \
                     FROM script_version WHERE number = 2";
    crate::faults::sqlite(&path, statement).await;
    let otto = server.user("otto").await;
    assert_eq!(otto.start().await.plan.server_name, "Two");
    // Both stand in the log.
    let audited = "SELECT count(*) AS count FROM audit WHERE event = 'options_failed'";
    assert_eq!(crate::faults::count(&path, audited).await, 2);
}

#[tokio::test]
async fn an_administrator_looks_for_users() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    server.user_of("Finance", "anna").await;
    for n in 0..25 {
        server
            .add(&format!("many{n}"), shared::api::UserState::Active, &[], None)
            .await;
    }
    let found: Vec<UserSummary> = astrid.get(&format!("{}?search=ANN", admin::USERS)).await.json();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].department.as_deref(), Some("Finance"));
    let found: Vec<UserSummary> = astrid.get(admin::USERS).await.json();
    assert_eq!(found.len(), 20);
    astrid
        .get(&format!("{}?serch=a", admin::USERS))
        .await
        .refused(Code::MalformedRequest);
    astrid
        .get("/api/admin/options/Other")
        .await
        .refused(Code::NotFound);
}

#[tokio::test]
async fn the_command_line_shows_checks_sets_and_tells() {
    let server = program::Server::start().await;
    assert_eq!(server.say(&["options", "show"]), DEFAULT_OPTIONS);
    let file = server.path("options.rhai");
    let path = file.to_str().unwrap();

    std::fs::write(&file, "\n  yearsOfvalidity = 1;\n").unwrap();
    let (status, said) = server.try_to_say(&["options", "check", path]);
    assert!(!status.success());
    assert!(said.contains("line 2, column 3: "), "{said}");
    assert!(said.contains("yearsOfValidity"), "{said}");
    let (status, said) = server.try_to_say(&["options", "set", path, "--comment", "No"]);
    assert!(!status.success());
    assert!(said.contains("line 2, column 3: "), "{said}");

    let rule = "if user.department == \"Finance\" { yearsOfValidity = 1; }\n";
    std::fs::write(&file, format!("{DEFAULT_OPTIONS}{rule}")).unwrap();
    let said = server.say(&["options", "check", path, "--user", "anna", "--user", "bertil"]);
    let years: Vec<_> = said
        .lines()
        .filter(|line| line.contains("yearsOfValidity"))
        .collect();
    assert!(years.first().unwrap().ends_with("changed"), "{said}");
    assert!(years.get(1).unwrap().ends_with("default"), "{said}");

    assert!(
        server
            .say(&["options", "set", path, "--comment", "Yearly"])
            .starts_with("Version 2 ")
    );
    assert!(
        server
            .say(&["options", "diff", "1", "2"])
            .contains(&format!("+{rule}"))
    );
    let history = server.say(&["options", "history"]);
    assert!(
        history.starts_with("2\t") && history.contains("\tYearly\n"),
        "{history}"
    );
    assert_eq!(
        server.say(&["options", "show", "--version", "1"]),
        DEFAULT_OPTIONS
    );

    server.say(&["user", "set", "bertil", "--attribute", "department=Finance"]);
    let said = server.say(&["options", "check", path, "--user", "bertil"]);
    let is_changed = |line: &str| line.contains("yearsOfValidity") && line.ends_with("changed");
    assert!(said.lines().any(is_changed), "{said}");
    let (status, said) = server.try_to_say(&["user", "set", "bertil", "--attribute", "shoe=43"]);
    assert!(!status.success(), "{said}");
}

#[tokio::test]
async fn the_reminders_have_a_script_of_their_own() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let script: Script = astrid.get(&admin::script(REMINDERS)).await.json();
    assert_eq!(script.text, DEFAULT_REMINDERS);
    assert_eq!((script.name, script.in_force), (REMINDERS, 1));
    let check = async |text: &str, user: Option<Uuid>| -> ScriptCheck {
        let body = json!({ "text": text, "user": user });
        astrid.post(&admin::script_check(REMINDERS), body).await.json()
    };
    let checked = check(&script.text, None).await;
    assert_eq!((checked.faults, checked.effect), (vec![], None));
    let effect = checked.reminders.unwrap();
    assert_eq!(
        (effect.user.user_name.as_str(), effect.dates.len()),
        ("astrid", 10)
    );
    assert_eq!(effect.values, effect.defaults);
    // For the mobile ID that the user has.
    let anna = server.user("anna").await;
    let made = enroll(&anna, &server.phone()).await;
    let of_anna = user_id(&server, "anna").await;
    let text = "MobileIDEmailBeforeExpiringDays = [1, 10];\nMobileIDEmailBeforeExpiringEachDay = false;";
    let effect = check(text, Some(of_anna)).await.reminders.unwrap();
    assert_eq!(effect.valid_until, made.summary.valid_until);
    assert_eq!(effect.values.days_before, [10, 1]);
    assert_eq!(effect.dates.len(), 2);
    assert!(
        effect.dates.iter().all(|date| date.0 < effect.valid_until.0)
            && effect.dates[0].0 < effect.dates[1].0
    );
}

#[tokio::test]
async fn each_script_has_faults_names_and_versions_of_its_own() {
    let server = Server::start().await;
    let astrid = server.administrator("astrid").await;
    let check = async |text: &str, user: Option<Uuid>| -> ScriptCheck {
        let body = json!({ "text": text, "user": user });
        astrid.post(&admin::script_check(REMINDERS), body).await.json()
    };
    let text = "MobileIDEmailBeforeExpiringDay = [7];\nyearsOfValidity = 1;";
    let faults = check(text, None).await.faults;
    let told: Vec<_> = faults
        .iter()
        .map(|fault| (fault.line, fault.kind, fault.expected.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                Some(1),
                FaultKind::UnknownName,
                Some("MobileIDEmailBeforeExpiringDays")
            ),
            (Some(2), FaultKind::UnknownName, None)
        ]
    );
    let save = async |text: &str, base: u32| {
        let body = json!({ "text": text, "comment": "A test", "base": base });
        astrid.post(&admin::script(REMINDERS), body).await
    };
    save(text, 1).await.refused(Code::ScriptFaulty);
    let text = "if user.department == \"Finance\" { MobileIDEmailBeforeExpiringDays = 7; }";
    server.user_of("Finance", "fia").await;
    let found = check(text, None).await;
    assert_eq!(found.faults[0].user.as_deref(), Some("fia"));
    assert!(found.reminders.is_some());
    let text = "MobileIDEmailBeforeExpiringDays = [];";
    let saved: ScriptVersion = save(text, 1).await.json();
    assert_eq!(saved.number, 2);
    save("", 1).await.refused(Code::ScriptChanged);
    assert_eq!(check(text, None).await.reminders.unwrap().dates, []);
    assert_eq!(in_force(&astrid).await.in_force, 1, "the other script's version");
    let versions: Vec<ScriptVersion> = astrid.get(&admin::versions(REMINDERS)).await.json();
    assert_eq!(versions.len(), 2);
    let diff = json!({ "from": 2, "text": "MobileIDEmailBeforeExpiringDays = [7];" });
    let lines: Vec<DiffLine> = astrid.post(&admin::script_diff(REMINDERS), diff).await.json();
    assert_eq!(lines.len(), 2);
    let file = astrid.get(&admin::version_file(REMINDERS, 2)).await.ok();
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"MobileIDScriptExpiringOptions-2.rhai\""
    );
}

#[tokio::test]
async fn the_command_line_knows_both_scripts() {
    let server = program::Server::start().await;
    for name in ["MobileIDScriptExpiringOptions", "expiring"] {
        assert_eq!(
            server.say(&["options", "show", "--script", name]),
            DEFAULT_REMINDERS
        );
        assert_eq!(
            server.say(&["options", "--script", name, "show"]),
            DEFAULT_REMINDERS
        );
    }
    for name in ["MobileIDScriptOptions", "options"] {
        assert_eq!(
            server.say(&["options", "show", "--script", name]),
            DEFAULT_OPTIONS
        );
    }
    let (status, said) = server.try_to_say(&["options", "show", "--script", "other"]);
    assert!(
        !status.success() && said.contains("MobileIDScriptExpiringOptions"),
        "{said}"
    );
    let file = server.path("reminders.rhai");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "MobileIDEmailBeforeExpiringDays = [\n  7, 400\n];\n").unwrap();
    let (status, said) = server.try_to_say(&["options", "check", path, "--script", "expiring"]);
    assert!(!status.success() && said.contains("line 1, column 1: "), "{said}");
    std::fs::write(&file, "MobileIDEmailBeforeExpiringDays = [90, 7];\n").unwrap();
    let said = server.say(&["options", "check", path, "--script", "expiring", "--user", "anna"]);
    assert!(said.contains("[90, 7]"), "{said}");
    assert_eq!(said.matches("  reminder ").count(), 8, "{said}");
    let said = server.say(&[
        "options",
        "set",
        path,
        "--script",
        "expiring",
        "--comment",
        "Earlier",
    ]);
    assert!(said.starts_with("Version 2 "), "{said}");
    let said = server.say(&["options", "history", "--script", "expiring"]);
    assert!(said.starts_with("2\t") && said.contains("\tEarlier\n"), "{said}");
    let said = server.say(&["options", "diff", "1", "2", "--script", "expiring"]);
    assert!(
        said.contains("+MobileIDEmailBeforeExpiringDays = [90, 7];"),
        "{said}"
    );
    assert_eq!(server.say(&["options", "history"]).lines().count(), 1);
}
