//! Reminders that a mobile ID ends: on their days, none twice, and to nobody whom they do not concern.

use serde_json::json;
use server::{
    domain::{
        audit::Record,
        mail::{Kind, Mail, State},
        mobile_id::MobileId,
    },
    settings::Settings,
    use_case::{
        change_user::{self, Change},
        remind, send_mails,
    },
};
use shared::{
    api::{Dashboard, Event, MobileIdState, ScriptName, UserState},
    url::{admin, api},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    app::{Server, enroll},
    mail::until,
};

fn to_a_folder(settings: &mut Settings) {
    settings.mail.route = Some(server::mail::parse_route("file:").unwrap());
}

async fn server() -> Server {
    Server::start_with(to_a_folder).await
}

/// Moves the clock until so much is left of the mobile ID.
fn move_to(server: &Server, end: OffsetDateTime, left: Duration) {
    server.later(end - left - server.context.clock.now());
}

async fn round(server: &Server) -> usize {
    remind::run(&server.context).await.unwrap()
}

async fn reminders(server: &Server) -> Vec<Mail> {
    let mails = server
        .context
        .store
        .read()
        .mails(None, None, 1_000)
        .await
        .unwrap();
    mails
        .into_iter()
        .filter(|mail| mail.kind == Kind::Expiring)
        .collect()
}

/// A new user's new mobile ID.
async fn mobile_id(server: &Server, user_name: &str) -> MobileId {
    let browser = server.user(user_name).await;
    let made = enroll(&browser, &server.phone()).await;
    stored(server, made.summary.id).await
}

async fn stored(server: &Server, id: Uuid) -> MobileId {
    server.context.store.read().mobile_id(id).await.unwrap().unwrap()
}

async fn set_state(server: &Server, mobile_id: &MobileId, state: MobileIdState) {
    let changed = MobileId {
        state,
        ..mobile_id.clone()
    };
    server
        .context
        .store
        .read()
        .save_mobile_id(&changed)
        .await
        .unwrap();
}

async fn history(server: &Server, mobile_id: &MobileId) -> Vec<Record> {
    let book = server.context.store.read();
    book.history(mobile_id.id, mobile_id.process).await.unwrap()
}

/// Another one of the same user.
async fn add(server: &Server, like: &MobileId, valid_until: OffsetDateTime) -> MobileId {
    let other = MobileId {
        id: server::chance::id(),
        valid_until,
        ..like.clone()
    };
    server.context.store.read().add_mobile_id(&other).await.unwrap();
    other
}

/// As an administrator does who signs in at that time.
async fn save(server: &Server, text: &str, base: u32) {
    let astrid = server.signed_in("astrid").await;
    let body = json!({ "text": text, "comment": "A test", "base": base });
    astrid
        .post(&admin::script(ScriptName::ExpiringOptions), body)
        .await
        .ok();
}

#[tokio::test]
async fn they_go_on_their_days_and_none_twice() {
    let first = server().await;
    let of_anna = mobile_id(&first, "anna").await;
    let end = of_anna.valid_until;
    let day = Duration::days;
    let mut server = first;
    let mut sent = 0;
    for (left, is_due) in [
        (day(61), false),
        (day(60), true),
        (day(59), false),
        (day(30) + Duration::SECOND, false),
        (day(30), true),
        (day(14), true),
        (day(7), true),
        (day(6) + Duration::HOUR, false),
        (day(6), true),
        (day(5), true),
        // The server was down for three days: one, not three.
        (day(2), true),
        // The clock was set back.
        (day(4), false),
        (day(1), true),
        (Duration::SECOND, false),
        (Duration::ZERO, false),
        (-day(1), false),
    ] {
        move_to(&server, end, left);
        assert_eq!(round(&server).await, usize::from(is_due), "{left} left");
        // Asked again, and after a restart.
        assert_eq!(round(&server).await, 0, "{left} left");
        server.stop();
        server = Server::start_in(server.dir.clone(), to_a_folder).await;
        move_to(&server, end, left);
        assert_eq!(round(&server).await, 0, "{left} left, started again");
        sent += usize::from(is_due);
    }
    let mails = reminders(&server).await;
    assert_eq!(mails.len(), sent);
    for mail in &mails {
        assert_eq!(mail.address, "anna@example.com");
        assert_eq!(mail.concerns.mobile_id, Some(of_anna.id));
        assert_eq!(mail.useless_after, Some(end));
    }
    let told = history(&server, &of_anna).await;
    let details: Vec<_> = told
        .iter()
        .filter(|record| record.event == Event::ReminderMailed)
        .map(|record| record.detail.split(' ').next().unwrap())
        .collect();
    assert_eq!(details, ["60", "30", "14", "7", "6", "5", "2", "1"]);
}

#[tokio::test]
async fn a_reminder_says_what_ends_and_where_to_get_a_new_one() {
    let server = server().await;
    let of_anna = mobile_id(&server, "anna").await;
    move_to(&server, of_anna.valid_until, Duration::days(12));
    assert_eq!(round(&server).await, 1);
    send_mails::run(&server.context, || false).await.unwrap();
    let [mail] = &reminders(&server).await[..] else {
        panic!("one")
    };
    assert_eq!(mail.state, State::Sent);
    let file = server.dir.path().join(format!("mail/{}.eml", mail.id));
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("anna@example.com"), "{text}");
    // The days that are left, not those of the reminder's name.
    let subject = text.lines().find(|line| line.starts_with("Subject:")).unwrap();
    assert!(subject.contains("12"), "{subject}");
    let portal = server.context.mail.as_ref().unwrap().public_url();
    assert!(text.contains(&format!("{portal}/")), "{text}");
}

#[tokio::test]
async fn two_servers_on_one_database_send_one_each() {
    let one = server().await;
    let mut last = one.context.clock.now();
    for name in ["anna", "bertil", "cecilia", "david", "eva"] {
        last = mobile_id(&one, name).await.valid_until;
    }
    let other = Server::start_in(one.dir.clone(), to_a_folder).await;
    for server in [&one, &other] {
        move_to(server, last, Duration::days(7));
    }
    let (by_one, by_other) = tokio::join!(round(&one), round(&other));
    assert_eq!(by_one + by_other, 5);
    let mut addresses: Vec<_> = reminders(&one)
        .await
        .into_iter()
        .map(|mail| mail.address)
        .collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 5);
}

#[tokio::test]
async fn a_page_boundary_loses_nobody_and_repeats_nobody() {
    let server = server().await;
    let of_anna = mobile_id(&server, "anna").await;
    let end = of_anna.valid_until;
    for _ in 0..200 {
        add(&server, &of_anna, end).await;
    }
    for _ in 0..200 {
        add(&server, &of_anna, end - Duration::HOUR).await;
    }
    // The last hour's ones have a successor.
    move_to(&server, end, Duration::days(10));
    assert_eq!(round(&server).await, 201);
    assert_eq!(round(&server).await, 0);
}

#[tokio::test]
async fn who_is_not_concerned_gets_none() {
    use MobileIdState::{Active, Expired, Inactive, Locked, Registered};
    let server = server().await;
    let of_anna = mobile_id(&server, "anna").await;
    move_to(&server, of_anna.valid_until, Duration::days(7));
    for state in [Locked, Inactive, Expired, Registered] {
        set_state(&server, &of_anna, state).await;
        assert_eq!(round(&server).await, 0, "{state:?}");
    }
    set_state(&server, &of_anna, Active).await;
    server.set_state("anna", UserState::Inactive).await;
    assert_eq!(round(&server).await, 0, "an inactive user");
    server.set_state("anna", UserState::Active).await;
    let email = |email: &str| Change {
        email: Some(email.to_owned()),
        ..Change::default()
    };
    change_user::run(&server.context, "anna", email(""))
        .await
        .unwrap();
    assert_eq!(round(&server).await, 0, "no address");
    change_user::run(&server.context, "anna", email("anna@example.org"))
        .await
        .unwrap();
    let successor = add(&server, &of_anna, of_anna.valid_until + Duration::days(700)).await;
    assert_eq!(round(&server).await, 0, "a successor");
    set_state(&server, &successor, Locked).await;
    assert_eq!(round(&server).await, 1, "a successor that is none");
    assert_eq!(reminders(&server).await[0].address, "anna@example.org");
}

#[tokio::test]
async fn an_installation_without_mail_reminds_nobody_and_keeps_the_banner() {
    let server = Server::start().await;
    let of_anna = mobile_id(&server, "anna").await;
    move_to(&server, of_anna.valid_until, Duration::days(7));
    assert_eq!(round(&server).await, 0);
    let dashboard: Dashboard = server.signed_in("anna").await.get(api::DASHBOARD).await.json();
    assert_eq!(dashboard.expiring.len(), 1);
}

#[tokio::test]
async fn what_is_locked_or_renewed_while_its_reminder_waits_is_not_sent() {
    let server = server().await;
    let (of_anna, of_bertil) = (
        mobile_id(&server, "anna").await,
        mobile_id(&server, "bertil").await,
    );
    let of_cecilia = mobile_id(&server, "cecilia").await;
    move_to(&server, of_cecilia.valid_until, Duration::days(7));
    assert_eq!(round(&server).await, 3);
    set_state(&server, &of_anna, MobileIdState::Locked).await;
    add(&server, &of_bertil, of_bertil.valid_until + Duration::days(700)).await;
    assert_eq!(send_mails::run(&server.context, || false).await.unwrap().sent, 1);
    for mail in reminders(&server).await {
        let expected = if mail.address == "cecilia@example.com" {
            State::Sent
        } else {
            State::Cancelled
        };
        assert_eq!(mail.state, expected, "{}", mail.address);
    }
}

#[tokio::test]
async fn the_dashboard_has_the_same_dates() {
    let server = server().await;
    let of_anna = mobile_id(&server, "anna").await;
    server.administrator("astrid").await;
    let end = of_anna.valid_until;
    let dashboard = async || -> Dashboard { server.signed_in("anna").await.get(api::DASHBOARD).await.json() };
    for (left, days) in [
        (Duration::days(60) + Duration::SECOND, None),
        (Duration::days(60), Some(60)),
        (Duration::days(9) + Duration::SECOND, Some(10)),
        (Duration::DAY, Some(1)),
        (Duration::ZERO, None),
    ] {
        move_to(&server, end, left);
        let found: Vec<_> = dashboard()
            .await
            .expiring
            .into_iter()
            .map(|expiring| (expiring.id, expiring.days_left))
            .collect();
        let expected: Vec<_> = days.map(|days| (of_anna.id, days)).into_iter().collect();
        assert_eq!(found, expected, "{left} left");
    }
    move_to(&server, end, Duration::days(20));
    save(&server, "MobileIDEmailBeforeExpiringDays = [10];", 1).await;
    assert_eq!(dashboard().await.expiring, []);
    save(&server, "MobileIDEmailBeforeExpiringDays = [21];", 2).await;
    assert_eq!(dashboard().await.expiring.len(), 1);
    save(&server, "MobileIDEmailBeforeExpiringDays = [];", 3).await;
    assert_eq!(dashboard().await.expiring, []);
    assert_eq!(round(&server).await, 0, "no reminders at all");
    save(&server, "MobileIDEmailBeforeExpiringDays = [21];", 4).await;
    let successor = add(&server, &of_anna, end + Duration::DAY).await;
    let found = dashboard().await.expiring;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, successor.id, "the one that has no successor");
}

#[tokio::test]
async fn a_script_that_fails_for_somebody_harms_nobody() {
    let server = server().await;
    let of_anna = mobile_id(&server, "anna").await;
    server.administrator("astrid").await;
    move_to(&server, of_anna.valid_until, Duration::days(40));
    let text = "MobileIDEmailBeforeExpiringDays = [45];\nif user.department == \"New\" { throw \"no\"; }";
    save(&server, text, 1).await;
    // Anna comes to the department after it was saved, so it was never tried for her there: version 1 counts.
    let attributes = Change {
        attributes: vec![("department".to_owned(), "New".to_owned())],
        ..Change::default()
    };
    change_user::run(&server.context, "anna", attributes)
        .await
        .unwrap();
    assert_eq!(round(&server).await, 1);
    let told = history(&server, &of_anna).await;
    let reminded = told.iter().find(|record| record.event == Event::ReminderMailed);
    assert!(reminded.unwrap().detail.starts_with("60 "), "{reminded:?}");
    let entries = server.context.store.read().audit_after(0, 1_000).await.unwrap();
    let failed: Vec<_> = entries
        .iter()
        .filter(|entry| entry.record.event == Event::OptionsFailed)
        .collect();
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0].record.detail.starts_with("version 2: line 2"),
        "{:?}",
        failed[0]
    );
}

#[tokio::test]
async fn an_address_that_mail_cannot_reach_stops_nobody_else() {
    let server = server().await;
    mobile_id(&server, "anna").await;
    let of_bertil = mobile_id(&server, "bertil").await;
    let path = server.dir.path().join("selfservice.sqlite");
    let spoil = "UPDATE \"user\" SET email = 'anna@example.com' || char(13, 10) || 'Bcc: eve@example.com' \
                 WHERE user_name = 'anna'";
    crate::faults::sqlite(&path, spoil).await;
    move_to(&server, of_bertil.valid_until, Duration::days(7));
    assert_eq!(round(&server).await, 1);
    assert_eq!(reminders(&server).await[0].address, "bertil@example.com");
    assert_eq!(round(&server).await, 0);
    // They were made one after the other: the later one counts.
    move_to(&server, of_bertil.valid_until, Duration::days(6));
    assert_eq!(
        round(&server).await,
        1,
        "the day after, to those whom mail reaches"
    );
}

/// The real worker does it at its start, without anybody asking.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_reminds_by_itself() {
    let mut program = crate::program::Server::start().await;
    let anna = program.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let mut phone = crate::program::HeadlessPhone::start(&link, &program.path("mobile-id"), &[]);
    let pairing_code = phone.pairing_code();
    anna.pair(process, &pairing_code).await.unwrap();
    phone.expect("installed");
    assert!(phone.end().success());
    program.kill();
    let soon = server::clock::Clock::System.now() + Duration::days(7) - Duration::MINUTE;
    let soon = soon.unix_timestamp() * 1_000;
    let path = program.path("data/selfservice.sqlite");
    crate::faults::sqlite(&path, &format!("UPDATE mobile_id SET valid_until = {soon}")).await;
    let folder = program.path("data/mail");
    program.start_again().await;
    until("the reminder is there", || files(&folder) == 1).await;
    program.kill();
    // Another one, which shows that the next round was all the way through.
    let columns = "user_id, process_id, name, server_name, mobile_user_id, phone, state, state_since, failure, \
                   valid_from, valid_until";
    let twin =
        &format!("INSERT INTO mobile_id (id, {columns}) SELECT randomblob(16), {columns} FROM mobile_id");
    crate::faults::sqlite(&path, twin).await;
    program.start_again().await;
    until("the other's is there", || files(&folder) == 2).await;
    let reminded = "SELECT count(*) AS count FROM reminder";
    assert_eq!(crate::faults::count(&path, reminded).await, 2);
}

fn files(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}
