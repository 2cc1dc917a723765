//! The audit log through the command line: what is in it, and that whoever touches it is found out.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shared::{
    api::{Event, UserState},
    problem::Code,
    url::{admin, api},
};

use crate::{app, faults::sqlite, program::Server};

async fn with_records() -> Server {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, _) = anna.open_process().await;
    anna.cancel(process, false).await;
    server
}

fn export(server: &Server, more: &[&str]) -> Vec<Value> {
    let told = server.say(&[&["audit", "export"], more].concat());
    let lines = told.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_exported_as_json_lines_with_who_whence_what_and_why() {
    let server = with_records().await;
    let lines = export(&server, &[]);
    for (line, sequence) in lines.iter().zip(1..) {
        assert_eq!(line["sequence"], sequence, "{line}");
    }
    let of = |event: &str| lines.iter().find(|line| line["event"] == event).unwrap();
    let (signed_in, cancelled) = (of("signed_in"), of("process_cancelled"));
    for line in [signed_in, cancelled] {
        assert_eq!(line["by"], "user", "{line}");
        assert!(line["user"].is_string(), "{line}");
        assert!(
            line["origin"].as_str().unwrap().starts_with("127.0.0.1"),
            "{line}"
        );
        assert!(line["at"].as_str().unwrap().ends_with('Z'), "{line}");
    }
    assert_eq!(cancelled["detail"], "CancelledByUser");
    server.say(&["user", "set-state", "anna", "inactive"]);
    let last = export(&server, &[]).pop().unwrap();
    assert_eq!(
        (&last["event"], &last["by"]),
        (&"user_state_changed".into(), &"administrator".into())
    );
    assert!(
        last["origin"].as_str().unwrap().starts_with("command line"),
        "{last}"
    );
    let after = lines.len().to_string();
    assert_eq!(export(&server, &["--after", &after]), [last]);
}

#[tokio::test]
async fn what_is_refused_is_in_it_and_nobody_fills_it() {
    let server = app::Server::start().await;
    let anna = server.user("anna").await;
    let password = |password: &'static str| json!({ "password": password });
    anna.post(api::SESSION_PASSWORD, password("wrong"))
        .await
        .refused(Code::CredentialsWrong);
    anna.post(api::SESSION_PASSWORD, password(app::PASSWORD))
        .await
        .ok();
    for _ in 0..20 {
        anna.get(admin::MAIL).await.refused(Code::RoleNeeded);
    }
    server.set_state("anna", UserState::Inactive).await;
    let ivar = server.anonymous();
    server.add_user("ivar", UserState::Inactive).await;
    ivar.sign_in("ivar", app::PASSWORD).await.ok();
    let kind = json!({ "kind": "MobileIDSelfServiceProcGet" });
    ivar.post(api::PROCESSES, kind).await.refused(Code::UserNotActive);
    let entries = server.context.store.read().audit_after(0, 1_000).await.unwrap();
    let last = &entries.last().unwrap().record;
    assert_eq!(
        (last.event, &*last.detail),
        (Event::AccessRefused, "get mobile ID: user_not_active")
    );
    let entries = &entries[..entries.len() - 4];
    let told: Vec<_> = entries.iter().map(|entry| &entry.record).collect();
    let events: Vec<_> = told.iter().map(|record| record.event).collect();
    let expected = [
        Event::UserAdded,
        Event::SignedIn,
        Event::SignInRefused,
        Event::SignedIn,
    ];
    assert_eq!(events[events.len() - 9..events.len() - 5], expected);
    assert_eq!(events[events.len() - 5..], [Event::AccessRefused; 5]);
    let last = told.last().unwrap();
    assert_eq!(last.detail, format!("GET {}: role_needed", admin::MAIL));
    assert!(
        last.origin.as_ref().unwrap().starts_with("127.0.0.1, "),
        "{last:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_removed_moved_or_added_is_found() {
    let mut server = with_records().await;
    server.kill();
    let count = export(&server, &[]).len();
    assert!(count > 4, "{count}");
    let (file, cut) = (server.path("data/selfservice.sqlite"), count - 1);
    let moved = "UPDATE audit SET sequence = -1 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3; \
                 UPDATE audit SET sequence = 3 WHERE sequence = -1";
    for (statement, at) in [
        (
            "UPDATE audit SET detail = detail || 'x' WHERE sequence = 3".to_owned(),
            3,
        ),
        ("UPDATE audit SET at = at + 1 WHERE sequence = 2".into(), 2),
        (
            format!("UPDATE audit SET origin = 'nowhere' WHERE sequence = {count}"),
            count,
        ),
        ("DELETE FROM audit WHERE sequence = 1".into(), 2),
        ("DELETE FROM audit WHERE sequence = 3".into(), 4),
        (format!("DELETE FROM audit WHERE sequence > {cut}"), count),
        (moved.into(), 2),
    ] {
        let before = Files::read(&file);
        sqlite(&file, &statement).await;
        for command in ["verify", "export"] {
            let (status, told) = server.try_to_say(&["audit", command]);
            assert!(
                !status.success() && told.contains(&format!("broken at record {at}:")),
                "{statement}: {told}"
            );
        }
        before.write(&file);
        assert!(
            server.say(&["audit", "verify"]).contains("is whole"),
            "{statement}"
        );
    }
}

/// A database's files, as they were.
struct Files([(&'static str, Option<Vec<u8>>); 3]);

impl Files {
    fn read(file: &Path) -> Self {
        Self(["", "-wal", "-shm"].map(|end| (end, std::fs::read(named(file, end)).ok())))
    }

    fn write(&self, file: &Path) {
        for (end, octets) in &self.0 {
            match octets {
                Some(octets) => std::fs::write(named(file, end), octets).unwrap(),
                None => drop(std::fs::remove_file(named(file, end))),
            }
        }
    }
}

fn named(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}
