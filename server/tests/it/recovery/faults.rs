//! Archived keys that do not open, and are told by name.

use server::use_case::{
    check_archive,
    rotate_recovery_key::{self, Rotation},
};

use super::*;

#[tokio::test]
async fn a_corrupt_row_stops_only_its_own_key_and_is_named() {
    let server = server_with(SELECTS).await;
    let anna = server.user("anna").await;
    let made = earlier(&server, &anna, 5).await;
    let serials: Vec<_> = made.iter().map(serial).collect();
    for (serial, change) in [
        (&serials[0], "sealed = x'0102'"),
        // Another certificate's row in the place of this one's.
        (
            &serials[1],
            "sealed = (SELECT sealed FROM archived_key AS other WHERE other.serial <> archived_key.serial LIMIT 1)",
        ),
        (
            &serials[4],
            "recovery_key = substr(recovery_key, 1, length(recovery_key) - 1) || 'x'",
        ),
    ] {
        let statement = format!("UPDATE archived_key SET {change} WHERE serial = '{serial}'");
        sqlite(&database(&server), &statement).await;
    }
    let phone = server.phone();
    let (process, shown) = open(&anna, None).await;
    // Gone after it was chosen.
    let statement = format!("DELETE FROM archived_key WHERE serial = '{}'", serials[2]);
    sqlite(&database(&server), &statement).await;
    let code = phone.get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    let installation = phone.enrollment().await.installation.unwrap();
    assert_eq!(
        phone.unwrapped(&installation).len(),
        2,
        "the new key and a whole one"
    );
    phone.send_receipt(&phone.receipt().await).await.ok();
    let new = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(recovered(&new), [&*serials[3]]);
    let mut damaged = serials[..3].to_vec();
    damaged.push(serials[4].clone());
    damaged.sort();
    assert_eq!(new.not_recovered, damaged);
    let issued = records(&server, new.summary.id, Event::CertificatesIssued).await;
    assert!(
        damaged.iter().all(|serial| issued[0].detail.contains(serial)),
        "{issued:?}"
    );
    assert_eq!(
        records(&server, new.summary.id, Event::KeyRecovered).await.len(),
        1
    );
    books_agree(&server).await;
}

/// A rotation elsewhere, whose recovery key this server has no copy of yet.
#[tokio::test]
async fn a_server_without_the_newest_recovery_key_gives_no_key_up() {
    let server = server_with(ALL).await;
    let anna = server.user("anna").await;
    enroll(&anna, &server.phone()).await;
    let (keys, copy) = (server.dir.path().join("archive"), server.dir.path().join("copy"));
    std::fs::create_dir(&copy).unwrap();
    let bring = |number: u32| {
        let name = format!("recovery-{number}.key");
        std::fs::copy(keys.join(&name), copy.join(&name)).unwrap();
    };
    bring(1);
    let dir = copy.clone();
    let behind = Server::start_in(server.dir.clone(), |settings| settings.archive.dir = dir).await;
    let anna = behind.signed_in("anna").await;
    let (process, shown) = anna.open().await;
    let phone = behind.phone();
    let code = phone.get_ready(&shown).await;
    let rotated = rotate_recovery_key::run(&server.context, Rotation::Whole).await;
    assert_eq!(rotated.unwrap().sealed_anew, 1);
    for _ in 0..6 {
        anna.pair(process, &code).await.refused(Code::ArchiveUnavailable);
    }
    let waits = anna.process(process).await;
    assert_eq!((waits.pairing_tries_left, waits.mobile_id), (Some(5), None));
    assert_eq!(rows(&behind, "recovered_certificate").await, 0);
    bring(2);
    anna.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = anna.process(process).await.mobile_id.unwrap();
    assert_eq!((made.recovered.len(), made.not_recovered.len()), (1, 0));
    books_agree(&behind).await;
}

/// Two servers that each made a first recovery key side by side.
#[tokio::test]
async fn a_server_whose_recovery_key_is_another_of_the_same_number_archives_nothing() {
    let first = server_with(ALL).await;
    let elsewhere = first.dir.path().join("elsewhere");
    let second = Server::start_in(first.dir.clone(), |settings| settings.archive.dir = elsewhere).await;
    second.context.archive.check().unwrap();
    let anna = second.user("anna").await;
    let (process, shown) = anna.open().await;
    let phone = second.phone();
    let code = phone.get_ready(&shown).await;
    let bert = first.user("bert").await;
    enroll(&bert, &first.phone()).await;
    anna.pair(process, &code).await.refused(Code::ArchiveUnavailable);
    assert_eq!(anna.process(process).await.pairing_tries_left, Some(5));
    let report = check_archive::run(&second.context).await.unwrap();
    let why = report.unavailable.unwrap().to_string();
    assert!(why.contains("another server"), "{why}");
    let said = check_archive::run(&first.context).await.unwrap();
    assert!(said.unavailable.is_none() && said.faults.is_empty(), "{said:?}");
}

#[tokio::test]
async fn rows_that_are_gone_are_named_by_the_check() {
    let server = server_with(ALL).await;
    let anna = server.user("anna").await;
    let first = serial(&enroll(&anna, &server.phone()).await);
    let second = serial(&enroll(&anna, &server.phone()).await);
    let look = async || check_archive::run(&server.context).await.unwrap();
    assert_eq!((look().await.checked, look().await.faults), (2, vec![]));
    for (gone, of) in [(&second, 1), (&first, 2)] {
        // The first was recovered as well.
        let statement = format!("DELETE FROM archived_key WHERE serial = '{gone}'");
        sqlite(&database(&server), &statement).await;
        let faults = look().await.faults;
        assert_eq!(faults.len(), of, "{faults:?}");
        assert!(faults.iter().any(|fault| fault.contains(gone)), "{faults:?}");
    }
}
