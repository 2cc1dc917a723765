//! The store on both engines: every test below runs on SQLite and on a PostgreSQL of its own.

pub mod database;
pub mod postgres;

use std::collections::BTreeMap;

use server::{
    chance,
    domain::{
        archived_key::ArchivedKey,
        audit::Record,
        books::Entry,
        limits::Limits,
        mail::{Concerns, Kind, Mail, NewMail, State},
        mail_link::MailLink,
        mobile_id::{Certificate, MobileId, RevocationReason},
        options::{Plan, defaults},
        process::{Claim, Process},
        revocation::Crl,
        script::{Said, Version},
        secret::Hash,
        user::User,
    },
    store::{Chain, Store, StoreError},
};
use shared::api::{
    Actor, CertificateState, CodeDelivery, Ending, Event, Language, MobileIdState, Purpose, Role, ScriptName,
    UserState,
};
use time::{Duration, OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00:00.123 UTC);
/// The issuer of every example.
const BY: &str = "CN=CA";

async fn sqlite() -> (Store, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", dir.path().join("test.sqlite").display()))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    (store, dir)
}

async fn postgresql() -> Store {
    let store = Store::open(&postgres::url().await).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Makes a test for each engine out of one function over a store.
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                let (store, _dir) = crate::store::sqlite().await;
                super::$name(store).await;
            })*
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::store::postgresql().await).await;
            })*
        }
    };
}

mod archived_key;
mod audit;
mod certificate;
mod mail;
mod mobile_id;
mod mobile_id_test;
mod recovery;
mod recovery_request;
mod writes;

on_both_engines! {
    migrating_again_changes_nothing
    users_go_in_and_out
    users_are_found_and_changed
    a_script_version_is_added_once_and_stays
    one_open_process_a_user
    a_process_is_found_by_everything_that_leads_to_it
    two_writers_see_each_other
    what_is_not_committed_has_not_happened
    a_key_is_there_once
}

fn user(user_name: &str) -> User {
    User {
        id: chance::id(),
        user_name: user_name.into(),
        display_name: "Åsa Öberg \u{1f511}".into(),
        email: None,
        state: UserState::Active,
        roles: vec![Role::SelfServiceUser, Role::Operator],
        attributes: BTreeMap::from([("department".to_owned(), "Finance".to_owned())]),
        language: Some(Language::Sv),
        password_hash: "$argon2id$".into(),
    }
}

async fn with_process(store: &Store) -> (User, Process) {
    let user = user(&chance::id().to_string());
    let plan = Plan::new(defaults(&user), CodeDelivery::Screen, 1);
    let process = Process::start(chance::id(), user.id, plan, NOW, &Limits::default());
    let transaction = store.begin().await.unwrap();
    transaction.add_user(&user, NOW).await.unwrap();
    transaction.add_process(&process).await.unwrap();
    transaction.commit().await.unwrap();
    (user, process)
}

fn example(user: &User, process: &Process) -> MobileId {
    MobileId {
        id: chance::id(),
        user: user.id,
        process: process.id,
        name: "MobileID Åsa".into(),
        server_name: "Smart ID".into(),
        user_id: "asa".into(),
        phone: "Pixel 8".into(),
        state: MobileIdState::Registered,
        state_since: NOW,
        failure: None,
        lock_reason: None,
        encryption_kept: false,
        pause_cause: None,
        pause_end: None,
        valid_from: NOW,
        valid_until: NOW + Duration::days(730),
        deleted_at: None,
    }
}

/// A mobile ID of a user of its own, without certificates yet.
pub async fn with_mobile_id(store: &Store) -> MobileId {
    let (user, process) = with_process(store).await;
    let mobile_id = example(&user, &process);
    let transaction = store.begin().await.unwrap();
    transaction.add_mobile_id(&mobile_id).await.unwrap();
    transaction.commit().await.unwrap();
    mobile_id
}

/// A mobile ID with two certificates, `issued` in both books.
async fn with_certificates(store: &Store) -> (MobileId, [Certificate; 2]) {
    let (user, process) = with_process(store).await;
    let mobile_id = example(&user, &process);
    let certificate = |serial: &str, purpose| Certificate {
        serial: serial.into(),
        mobile_id: mobile_id.id,
        purpose,
        subject: "CN=Åsa".into(),
        issuer: BY.into(),
        not_before: NOW,
        not_after: NOW + Duration::days(730),
        state: CertificateState::Issued,
        state_in_ca: CertificateState::Issued,
        der: vec![0x30, 0, 0xff],
    };
    let certificates = [
        certificate("4001", Purpose::Authentication),
        certificate("4002", Purpose::Signature),
    ];
    let transaction = store.begin().await.unwrap();
    transaction.add_mobile_id(&mobile_id).await.unwrap();
    transaction.add_certificates(&certificates).await.unwrap();
    transaction.commit().await.unwrap();
    (mobile_id, certificates)
}

async fn migrating_again_changes_nothing(store: Store) {
    let (user, _) = with_process(&store).await;
    store.migrate().await.unwrap();
    assert_eq!(store.read().user(user.id).await.unwrap(), Some(user));
}

async fn users_go_in_and_out(store: Store) {
    let anna = user("anna");
    let book = store.read();
    book.add_user(&anna, NOW).await.unwrap();
    assert_eq!(book.user_named("anna").await.unwrap(), Some(anna.clone()));
    assert_eq!(book.user_named("bertil").await.unwrap(), None);
    let taken = book.add_user(&user("anna"), NOW).await;
    assert!(matches!(taken, Err(StoreError::Duplicate(_))), "{taken:?}");
    book.set_user_state(anna.id, UserState::Locked).await.unwrap();
    assert_eq!(
        book.users().await.unwrap(),
        [User {
            state: UserState::Locked,
            ..anna
        }]
    );
}

async fn users_are_found_and_changed(store: Store) {
    let book = store.read();
    for (user_name, display_name, email) in [
        ("berit", "Berit Öberg", None),
        ("anna", "Anna Svensson", Some("a.s@example.com")),
        ("per_cent", "100 % Per", None),
    ] {
        let user = User {
            display_name: display_name.into(),
            email: email.map(str::to_owned),
            ..user(user_name)
        };
        book.add_user(&user, NOW).await.unwrap();
    }
    for (text, limit, expected) in [
        ("", 20, vec!["anna", "berit", "per_cent"]),
        ("", 2, vec!["anna", "berit"]),
        (" ANN ", 20, vec!["anna"]),
        ("svens", 20, vec!["anna"]),
        ("a.s@", 20, vec!["anna"]),
        ("Ö", 20, vec!["berit"]),
        ("%", 20, vec!["per_cent"]),
        ("_", 20, vec!["per_cent"]),
        ("\\", 20, vec![]),
        ("' OR 1=1 --", 20, vec![]),
    ] {
        let found = book.find_users(text, limit).await.unwrap();
        let found: Vec<_> = found.iter().map(|user| user.user_name.as_str()).collect();
        assert_eq!(found, expected, "{text:?}");
    }
    let anna = book.user_named("anna").await.unwrap().unwrap();
    let changed = User {
        display_name: "Anna Öberg".into(),
        email: None,
        roles: vec![Role::Administrator],
        attributes: BTreeMap::from([("title".to_owned(), "Head".to_owned())]),
        // What is not written here.
        password_hash: "x".into(),
        ..anna.clone()
    };
    book.save_user(&changed).await.unwrap();
    let kept = User {
        password_hash: anna.password_hash,
        ..changed
    };
    assert_eq!(book.user(kept.id).await.unwrap(), Some(kept));
}

async fn a_script_version_is_added_once_and_stays(store: Store) {
    let (book, name) = (store.read(), ScriptName::Options);
    assert_eq!(book.newest_script(name).await.unwrap(), None);
    assert_eq!(book.script_version(name, 1).await.unwrap(), None);
    let version = |number, text: &str| {
        let said = Said::new(text, "why").unwrap();
        Version::after(number, name, "astrid", &said, NOW)
    };
    let (one, two) = (version(0, "a"), version(1, "b"));
    for (version, text) in [(&one, "a\n"), (&two, "b\n")] {
        book.add_script_version(version, text).await.unwrap();
    }
    let again = book.add_script_version(&two, "c\n").await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    assert_eq!(book.newest_script(name).await.unwrap(), Some(2));
    assert_eq!(book.script_text(name, 1).await.unwrap().as_deref(), Some("a\n"));
    assert_eq!(book.script_text(name, 2).await.unwrap().as_deref(), Some("b\n"));
    // Times are kept in milliseconds.
    assert_eq!(book.script_version(name, 1).await.unwrap(), Some(one.clone()));
    assert_eq!(book.script_versions(name).await.unwrap(), [two, one]);
}

async fn one_open_process_a_user(store: Store) {
    let (user, process) = with_process(&store).await;
    let another = Process::start(
        chance::id(),
        user.id,
        process.plan.clone(),
        NOW,
        &Limits::default(),
    );
    let refused = store.read().add_process(&another).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
    let ended = process.cancel(Ending::CancelledByUser, NOW).unwrap();
    store.read().save_process(&ended).await.unwrap();
    store.read().add_process(&another).await.unwrap();
    assert_eq!(store.read().open_process(user.id).await.unwrap(), Some(another));
}

async fn a_process_is_found_by_everything_that_leads_to_it(store: Store) {
    let (user, process) = with_process(&store).await;
    let book = store.read();
    let process = process.show_code(NOW, &Limits::default()).unwrap();
    let hashes = [Hash::of(b"long"), Hash::of(b"short")];
    book.add_activation_codes(process.id, 1, &hashes).await.unwrap();
    let token = Hash::of(b"token");
    let claim = Claim {
        device_token: token,
        pairing_key: [1; 32],
        phone: "Pixel 8".into(),
    };
    let process = process.claim_by(claim, NOW, &Limits::default()).unwrap();
    book.save_process(&process).await.unwrap();
    for hash in hashes {
        let found = book.activation_code(hash).await.unwrap().unwrap();
        assert_eq!((found.process, found.number), (process.id, 1));
    }
    assert_eq!(book.activation_code(Hash::of(b"other")).await.unwrap(), None);
    assert_eq!(
        book.process_of_device(token).await.unwrap(),
        Some(process.clone())
    );
    assert_eq!(book.open_process(user.id).await.unwrap(), Some(process.clone()));
    let until = process.until().unwrap();
    assert!(
        book.processes_over(until - Duration::MILLISECOND, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(book.processes_over(until, 10).await.unwrap(), [process.id]);
    let ended = process.lapse(until);
    book.save_process(&ended).await.unwrap();
    assert!(book.processes_over(until, 10).await.unwrap().is_empty());
    assert_eq!(
        book.process(ended.id).await.unwrap(),
        Some(ended),
        "to the millisecond"
    );
}

async fn two_writers_see_each_other(store: Store) {
    let (_, process) = with_process(&store).await;
    let open = process.show_code(NOW, &Limits::default()).unwrap();
    store.read().save_process(&open).await.unwrap();
    let claim = |store: Store, id, token: u8| async move {
        let transaction = store.begin().await.unwrap();
        let (process, _) = transaction.process_to_change(id).await.unwrap().unwrap();
        let claim = Claim {
            device_token: Hash([token; 32]),
            pairing_key: [1; 32],
            phone: "p".into(),
        };
        let claimed = process.claim_by(claim, NOW, &Limits::default()).ok()?;
        // Long enough that the other would read the old state, were it let in.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        transaction.save_process(&claimed).await.unwrap();
        transaction.commit().await.unwrap();
        Some(token)
    };
    let (one, two) = tokio::join!(claim(store.clone(), open.id, 1), claim(store.clone(), open.id, 2));
    assert!(one.is_some() != two.is_some(), "{one:?} {two:?}");
}

async fn what_is_not_committed_has_not_happened(store: Store) {
    let transaction = store.begin().await.unwrap();
    transaction.add_user(&user("anna"), NOW).await.unwrap();
    drop(transaction);
    assert_eq!(store.read().user_named("anna").await.unwrap(), None);
    store.begin().await.unwrap().commit().await.unwrap();
}

async fn a_key_is_there_once(store: Store) {
    let (_, process) = with_process(&store).await;
    store
        .read()
        .add_public_keys(&[Hash::of(b"key")], process.id)
        .await
        .unwrap();
    let again = store
        .read()
        .add_public_keys(&[Hash::of(b"key")], process.id)
        .await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
}
