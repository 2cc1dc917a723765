//! The store on both engines: every test below runs on SQLite and on a PostgreSQL of its own.

mod postgres;

use std::collections::BTreeMap;

use server::{
    chance,
    domain::{
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

async fn sqlite() -> (Store, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", dir.path().join("test.sqlite").display()))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    (store, dir)
}

/// Makes a test for each engine out of one function over a store.
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                let (store, _dir) = super::sqlite().await;
                super::$name(store).await;
            })*
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::postgres::database().await).await;
            })*
        }
    };
}

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
    both_books_change_together
    the_audit_chain_holds_under_many_writers
    a_list_is_published_under_its_number_once
    both_books_are_read_side_by_side_and_put_right_together
    a_record_that_was_not_committed_leaves_no_gap
    a_mail_has_one_holder_and_leaves_no_words
    a_code_that_is_dead_is_mailed_no_more
    a_link_in_a_mail_is_used_once_and_forgotten_in_time
    what_ends_soon_is_found_page_by_page
    a_reminder_goes_once
    old_mails_go_in_portions
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

/// A mobile ID with two certificates, `issued` in both books.
async fn with_certificates(store: &Store) -> (MobileId, [Certificate; 2]) {
    let (user, process) = with_process(store).await;
    let mobile_id = example(&user, &process);
    let certificate = |serial: &str, purpose| Certificate {
        serial: serial.into(),
        mobile_id: mobile_id.id,
        purpose,
        subject: "CN=Åsa".into(),
        issuer: "CN=CA".into(),
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
    transaction.record_issuance(&certificates).await.unwrap();
    transaction.add_certificates(&certificates).await.unwrap();
    transaction.commit().await.unwrap();
    (mobile_id, certificates)
}

async fn both_books_change_together(store: Store) {
    let (mobile_id, certificates) = with_certificates(&store).await;
    let (book, id) = (store.read(), mobile_id.id);
    assert_eq!(book.certificates(id).await.unwrap(), certificates);
    assert_eq!(
        book.mobile_ids(mobile_id.user).await.unwrap(),
        std::slice::from_ref(&mobile_id)
    );
    let states = async || {
        let found = store.read().certificates(id).await.unwrap();
        found
            .into_iter()
            .map(|c| (c.state, c.state_in_ca))
            .collect::<Vec<_>>()
    };
    let changed = book
        .set_certificates(id, CertificateState::Issued, CertificateState::Valid)
        .await
        .unwrap();
    assert_eq!(changed, 2);
    assert_eq!(
        states().await,
        [(CertificateState::Valid, CertificateState::Valid); 2]
    );
    assert_eq!(book.revoked(NOW).await.unwrap(), []);
    assert_eq!(
        book.status_in_ca("4001").await.unwrap(),
        Some((CertificateState::Valid, None))
    );
    assert_eq!(book.status_in_ca("4003").await.unwrap(), None);
    assert_eq!(
        book.ca_revision().await.unwrap(),
        0,
        "what is valid is on no list"
    );
    let reason = RevocationReason::CessationOfOperation;
    assert_eq!(book.revoke_certificates(id, reason, NOW).await.unwrap(), 2);
    assert_eq!(
        book.revoke_certificates(id, reason, NOW).await.unwrap(),
        0,
        "revoked once"
    );
    assert_eq!(book.ca_revision().await.unwrap(), 1);
    assert_eq!(
        book.status_in_ca("4002").await.unwrap(),
        Some((CertificateState::Revoked, Some((NOW, 5))))
    );
    assert_eq!(
        states().await,
        [(CertificateState::Revoked, CertificateState::Revoked); 2]
    );
    assert_eq!(
        book.revoked(NOW).await.unwrap(),
        [("4001".to_owned(), NOW, 5), ("4002".to_owned(), NOW, 5)]
    );
    assert_eq!(
        book.revoked(NOW + Duration::days(731)).await.unwrap(),
        [],
        "expired ones leave the list"
    );
    let failed = mobile_id.leave_registered(Ending::ReceiptMissing);
    book.save_mobile_id(&failed).await.unwrap();
    assert_eq!(book.mobile_id(id).await.unwrap(), Some(failed));
}

async fn both_books_are_read_side_by_side_and_put_right_together(store: Store) {
    let (mobile_id, certificates) = with_certificates(&store).await;
    let book = store.read();
    let issued = Some(CertificateState::Issued);
    let entries = book.books_after("", 10).await.unwrap();
    let expected = |serial: &str| Entry {
        serial: serial.into(),
        in_ca: issued,
        in_manager: issued,
        mobile_id: Some((mobile_id.id, mobile_id.state)),
    };
    assert_eq!(entries, [expected("4001"), expected("4002")]);
    assert_eq!(book.books_after("4001", 10).await.unwrap(), [expected("4002")]);
    assert_eq!(book.books_after("", 1).await.unwrap(), [expected("4001")]);
    assert_eq!(book.unknown_to_ca_after("", 10).await.unwrap(), []);
    let orphan = Certificate {
        serial: "4003".into(),
        ..certificates[0].clone()
    };
    book.record_issuance(&[orphan]).await.unwrap();
    let orphan = book.books_of("4003").await.unwrap().unwrap();
    assert_eq!(
        (orphan.in_ca, orphan.in_manager, orphan.mobile_id),
        (issued, None, None)
    );
    assert_eq!(book.books_of("4004").await.unwrap(), None);
    let (revoked, reason) = (CertificateState::Revoked, RevocationReason::CessationOfOperation);
    book.put_right("4002", revoked, reason, NOW).await.unwrap();
    let entry = book.books_of("4002").await.unwrap().unwrap();
    assert_eq!((entry.in_ca, entry.in_manager), (Some(revoked), Some(revoked)));
    // What is known of a revocation stays as it was.
    book.put_right("4002", revoked, reason, NOW + Duration::days(1))
        .await
        .unwrap();
    assert_eq!(
        book.status_in_ca("4002").await.unwrap(),
        Some((revoked, Some((NOW, 5))))
    );
    assert_eq!(book.ca_revision().await.unwrap(), 2);
}

async fn a_list_is_published_under_its_number_once(store: Store) {
    let crl = |number, octet| Crl {
        number,
        revision: 3,
        this_update: NOW,
        next_update: NOW + Duration::days(1),
        der: vec![octet; 3],
    };
    let book = store.read();
    assert_eq!(book.newest_crl().await.unwrap(), None);
    book.add_crl(&crl(7, 1)).await.unwrap();
    let again = book.add_crl(&crl(7, 2)).await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    book.add_crl(&crl(8, 3)).await.unwrap();
    assert_eq!(book.newest_crl_number().await.unwrap(), Some(8));
    book.forget_crls_before(8).await.unwrap();
    assert_eq!(book.newest_crl().await.unwrap(), Some(crl(8, 3)));
    let transaction = store.begin().await.unwrap();
    assert_eq!(transaction.ca_revision_to_publish().await.unwrap(), 0);
}

async fn the_audit_chain_holds_under_many_writers(store: Store) {
    let writers = (0..8).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..5 {
                let transaction = store.begin().await.unwrap();
                let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("writer {n}"));
                transaction.append_audit(&record).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(40));
}

async fn a_record_that_was_not_committed_leaves_no_gap(store: Store) {
    for n in 0..6 {
        let transaction = store.begin().await.unwrap();
        for _ in 0..2 {
            let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("{n}"));
            transaction.append_audit(&record).await.unwrap();
        }
        if n % 2 == 0 {
            transaction.commit().await.unwrap();
        }
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(6));
}

/// Each remembers where the chain ended when it wrote last, and the other has written since.
#[tokio::test]
async fn the_audit_chain_holds_between_two_servers() {
    let (store, dir) = sqlite().await;
    let url = format!("sqlite:{}", dir.path().join("test.sqlite").display());
    let other = Store::open(&url).await.unwrap();
    for n in 0..6 {
        let writer = if n % 3 == 0 { &other } else { &store };
        let transaction = writer.begin().await.unwrap();
        let record = Record::new(NOW, Event::SignedIn, Actor::User).detail(format!("{n}"));
        transaction.append_audit(&record).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(store.read().verify_audit().await.unwrap(), Chain::Whole(6));
}

fn mail(kind: Kind, concerns: Concerns) -> Mail {
    let id = chance::id();
    Mail {
        id,
        message_id: format!("<{id}@id.example.com>"),
        kind,
        concerns,
        address: "åsa@example.com".into(),
        language: Language::Sv,
        written_at: NOW,
        state: State::Waiting,
        attempts: 0,
        next_at: NOW,
        give_up_at: NOW + Duration::hours(48),
        useless_after: None,
        lease_until: None,
        handed_over_at: None,
        last_answer: None,
    }
}

async fn a_mail_has_one_holder_and_leaves_no_words(store: Store) {
    let mail = mail(Kind::Test, Concerns::default());
    let (book, id, lease) = (store.read(), mail.id, NOW + Duration::minutes(1));
    let sealed = vec![1, 2, 3];
    book.add_mail(&NewMail {
        mail: mail.clone(),
        sealed,
    })
    .await
    .unwrap();
    assert_eq!(book.mail(id).await.unwrap(), Some(mail));
    assert_eq!(book.due_mails(NOW, 9).await.unwrap(), [id]);
    let (one, two) = tokio::join!(book.take_mail(id, NOW, lease), book.take_mail(id, NOW, lease));
    let taken = match (one.unwrap(), two.unwrap()) {
        (Some(taken), None) | (None, Some(taken)) => taken,
        both => panic!("{both:?}"),
    };
    assert_eq!((taken.sealed.len(), taken.mail.attempts), (3, 1));
    assert_eq!(book.release_mails(NOW).await.unwrap(), 0);
    assert_eq!(book.release_mails(lease).await.unwrap(), 1);
    let later = lease + Duration::minutes(1);
    let again = book.take_mail(id, lease, later).await.unwrap().unwrap();
    let sent = Mail {
        state: State::Sent,
        ..again.mail.clone()
    };
    assert!(!book.put_mail(&taken.mail, &sent).await.unwrap());
    assert!(book.put_mail(&again.mail, &sent).await.unwrap());
    assert!(!book.retry_mail(id, later, later).await.unwrap(), "erased");
    let counts = book.mail_counts().await.unwrap();
    assert_eq!((counts.sent, counts.waiting, counts.oldest_waiting), (1, 0, None));
}

async fn a_code_that_is_dead_is_mailed_no_more(store: Store) {
    let (user, process) = with_process(&store).await;
    let (_, other) = with_process(&store).await;
    let book = store.read();
    let lease = NOW + Duration::minutes(1);
    let mut ids = Vec::new();
    for (second, of) in [(0, &process), (1, &process), (2, &process), (3, &other)] {
        let concerns = Concerns {
            user: Some(of.user),
            process: Some(of.id),
            mobile_id: None,
        };
        let mail = Mail {
            written_at: NOW + Duration::seconds(second),
            useless_after: Some(NOW + Duration::minutes(30)),
            ..mail(Kind::ActivationCode, concerns)
        };
        ids.push(mail.id);
        let sealed = vec![1];
        book.add_mail(&NewMail { mail, sealed }).await.unwrap();
    }
    let at = |second| (Some(process.id), NOW + Duration::seconds(second));
    let mailed = book.codes_mailed(user.id).await.unwrap();
    assert_eq!(mailed, [at(2), at(1), at(0)], "newest first");
    // One waits, one is in somebody's hands, one has failed.
    let held = book.take_mail(ids[1], NOW, lease).await.unwrap().unwrap().mail;
    let failing = book.take_mail(ids[2], NOW, lease).await.unwrap().unwrap().mail;
    let failed = Mail {
        state: State::Failed,
        ..failing.clone()
    };
    assert!(book.put_mail(&failing, &failed).await.unwrap());
    assert_eq!(book.cancel_mails(process.id).await.unwrap(), 1);
    let state = async |id| {
        let mail = store.read().mail(id).await.unwrap().unwrap();
        (mail.state, mail.is_useless(NOW + Duration::seconds(5)))
    };
    assert_eq!(state(ids[0]).await.0, State::Cancelled);
    assert_eq!(state(ids[1]).await, (State::Sending, true));
    assert_eq!(state(ids[2]).await, (State::Failed, true));
    assert_eq!(state(ids[3]).await, (State::Waiting, false), "another process");
    let again = Mail {
        state: State::Waiting,
        ..held.clone()
    };
    assert!(book.put_mail(&held, &again).await.unwrap());
    assert_eq!(state(ids[1]).await, (State::Waiting, true), "it is not sent then");
    let now = NOW + Duration::seconds(5);
    for id in [ids[0], ids[1], ids[2]] {
        let tried = book.retry_mail(id, now, now + Duration::HOUR).await.unwrap();
        assert!(!tried, "nor by hand");
    }
}

async fn a_link_in_a_mail_is_used_once_and_forgotten_in_time(store: Store) {
    let (user, process) = with_process(&store).await;
    let mut link = MailLink::not_me(Hash([7; 32]), &process, "Firefox on Linux", NOW);
    let book = store.read();
    book.add_mail_link(&link).await.unwrap();
    let last = link.expires_at - Duration::MILLISECOND;
    assert_eq!(book.mail_link(link.hash, last).await.unwrap(), Some(link.clone()));
    assert_eq!(book.mail_link(Hash([8; 32]), NOW).await.unwrap(), None);
    let later = NOW + Duration::seconds(1);
    let (one, two) = tokio::join!(
        book.use_mail_link(link.hash, later),
        book.use_mail_link(link.hash, later)
    );
    assert!(one.unwrap() != two.unwrap(), "once");
    link.used_at = Some(later);
    let found = book.mail_link(link.hash, NOW).await.unwrap().unwrap();
    assert_eq!((found.user, found), (user.id, link.clone()));
    assert_eq!(book.mail_link(link.hash, link.expires_at).await.unwrap(), None);
    book.delete_expired_mail_links(last).await.unwrap();
    assert!(book.mail_link(link.hash, NOW).await.unwrap().is_some());
    book.delete_expired_mail_links(link.expires_at).await.unwrap();
    assert!(book.mail_link(link.hash, NOW).await.unwrap().is_none());
    // What a transaction used and did not commit is not used.
    book.add_mail_link(&link).await.unwrap();
    let mut unused = link.clone();
    (unused.hash, unused.used_at) = (Hash([9; 32]), None);
    book.add_mail_link(&unused).await.unwrap();
    let transaction = store.begin().await.unwrap();
    assert!(transaction.use_mail_link(unused.hash, NOW).await.unwrap());
    drop(transaction);
    assert!(book.use_mail_link(unused.hash, NOW).await.unwrap());
    book.set_user_language(user.id, Language::De).await.unwrap();
    let found = book.user(user.id).await.unwrap().unwrap();
    assert_eq!(found.language, Some(Language::De));
}

async fn what_ends_soon_is_found_page_by_page(store: Store) {
    let book = store.read();
    let (mut expected, until) = (Vec::new(), NOW + Duration::days(365));
    let addressed = async |state, valid_until: OffsetDateTime, email: Option<&str>| {
        let (user, process) = with_process(&store).await;
        let user = User {
            email: email.map(str::to_owned),
            ..user
        };
        book.save_user(&user).await.unwrap();
        let mobile_id = MobileId {
            id: chance::id(),
            state,
            valid_until,
            ..example(&user, &process)
        };
        book.add_mobile_id(&mobile_id).await.unwrap();
        mobile_id
    };
    // Three that end in the same millisecond, and one on the very last.
    let same = NOW + Duration::days(7);
    for end in [same, same, same, NOW + Duration::MILLISECOND, until] {
        let found = addressed(MobileIdState::Active, end, Some("a@example.com")).await;
        expected.push((found.valid_until, found.id));
    }
    let twin = MobileId {
        id: chance::id(),
        ..book.mobile_id(expected[0].1).await.unwrap().unwrap()
    };
    book.add_mobile_id(&twin).await.unwrap();
    expected.push((twin.valid_until, twin.id));
    for state in [
        MobileIdState::Locked,
        MobileIdState::Inactive,
        MobileIdState::Registered,
    ] {
        addressed(state, same, Some("a@example.com")).await;
    }
    addressed(MobileIdState::Active, same, None).await;
    addressed(MobileIdState::Active, NOW, Some("a@example.com")).await;
    addressed(
        MobileIdState::Active,
        until + Duration::MILLISECOND,
        Some("a@example.com"),
    )
    .await;
    let renewed = addressed(MobileIdState::Active, same, Some("a@example.com")).await;
    let successor = MobileId {
        id: chance::id(),
        valid_until: until + Duration::days(1),
        ..renewed
    };
    book.add_mobile_id(&successor).await.unwrap();
    expected.sort();

    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = book.ending_soon(NOW, until, after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some((last.mobile_id.valid_until, last.mobile_id.id));
        found.extend(
            page.into_iter()
                .map(|ends| (ends.mobile_id.valid_until, ends.mobile_id.id)),
        );
    }
    assert_eq!(found, expected);
}

async fn a_reminder_goes_once(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let book = store.read();
    for days in [60, 7, 30] {
        book.add_reminder(mobile_id.id, days, NOW).await.unwrap();
    }
    let again = book.add_reminder(mobile_id.id, 7, NOW).await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    book.save_mobile_id(&mobile_id.clone().activate(NOW))
        .await
        .unwrap();
    let user = book.user(mobile_id.user).await.unwrap().unwrap();
    let user = User {
        email: Some("a@example.com".into()),
        ..user
    };
    book.save_user(&user).await.unwrap();
    let page = book
        .ending_soon(NOW, mobile_id.valid_until, None, 10)
        .await
        .unwrap();
    let sent: Vec<_> = page.iter().map(|ends| ends.sent).collect();
    assert_eq!(sent, [Some(7)], "the most urgent one");
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
        valid_from: NOW,
        valid_until: NOW + Duration::days(730),
    }
}

async fn old_mails_go_in_portions(store: Store) {
    let book = store.read();
    let old = NOW - Duration::days(91);
    for (n, state) in State::ALL.into_iter().cycle().take(20).enumerate() {
        for (written_at, age) in [(old, "old"), (NOW, "new")] {
            let mail = Mail {
                id: chance::id(),
                message_id: format!("<{n}-{age}@id.example.com>"),
                kind: Kind::Test,
                state,
                written_at,
                ..mail(Kind::Test, Concerns::default())
            };
            book.add_mail(&NewMail {
                mail,
                sealed: vec![1],
            })
            .await
            .unwrap();
        }
    }
    let before = NOW - Duration::days(90);
    let mut portions = Vec::new();
    loop {
        let ids = book.old_mails(before, 5).await.unwrap();
        if ids.is_empty() {
            break;
        }
        let transaction = store.begin().await.unwrap();
        portions.push(transaction.delete_mails(&ids).await.unwrap());
        transaction.commit().await.unwrap();
    }
    assert_eq!(portions, [5, 5, 2], "sent, failed and cancelled");
    let counts = book.mail_counts().await.unwrap();
    assert_eq!(
        (counts.waiting, counts.sending),
        (8, 8),
        "what has not ended stays"
    );
    assert_eq!((counts.sent, counts.failed, counts.cancelled), (4, 4, 4));
    // One that is tried again between the two steps stays.
    let failed = book.mails(Some(State::Failed), None, 1).await.unwrap().remove(0);
    assert!(
        book.retry_mail(failed.id, NOW, NOW + Duration::HOUR)
            .await
            .unwrap()
    );
    assert_eq!(book.delete_mails(&[failed.id]).await.unwrap(), 0);
    assert!(
        book.mails_with_words([failed.id])
            .await
            .unwrap()
            .contains(&failed.id)
    );
}
