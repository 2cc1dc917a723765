//! A back-up taken while the server runs, and put back elsewhere: all that was issued still counts, and more is issued.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use shared::{
    api::{MobileIdState, ProcessState},
    url::pki,
};
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use crate::{
    pki::run,
    program::{HeadlessPhone, Server},
    store::postgres,
};

/// A mobile ID in a folder of keys and certificates.
async fn enroll(server: &Server, user: &str) -> PathBuf {
    let portal = server.portal(user).await;
    let (process, link) = portal.open_process().await;
    let folder = server.path(&format!("mobile-id-{user}"));
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    let (code, ended) = tokio::task::spawn_blocking(move || (phone.pairing_code(), phone))
        .await
        .unwrap();
    portal.pair(process, &code).await.unwrap();
    assert!(
        tokio::task::spawn_blocking(move || ended.end())
            .await
            .unwrap()
            .success()
    );
    let done = portal.process(process).await;
    assert_eq!(done.state, ProcessState::Completed);
    assert_eq!(done.mobile_id.unwrap().summary.state, MobileIdState::Active);
    folder
}

async fn list(server: &Server) -> (u64, Vec<u8>) {
    let answer = reqwest::get(format!("{}{}", server.base(), pki::CRL))
        .await
        .unwrap();
    let der = answer.bytes().await.unwrap().to_vec();
    let (_, parsed) = CertificateRevocationList::from_der(&der).unwrap();
    let number = parsed.crl_number().unwrap().iter_u64_digits().next().unwrap();
    (number, der)
}

/// The chain is built and the server asked, as whoever relies on the certificate does.
async fn asked(server: &Server, mobile_id: &Path) -> String {
    let der = reqwest::get(format!("{}{}", server.base(), pki::ISSUING))
        .await
        .unwrap();
    std::fs::write(mobile_id.join("issuing.cer"), der.bytes().await.unwrap()).unwrap();
    std::fs::write(mobile_id.join("list.crl"), list(server).await.1).unwrap();
    let check = format!(
        "openssl x509 -inform DER -in issuing.cer -out issuing.pem && openssl crl -inform DER -in list.crl -out list.pem \
         && openssl verify -crl_check -CAfile chain.pem -CRLfile list.pem authentication.pem \
         && openssl ocsp -issuer issuing.pem -cert authentication.pem -CAfile chain.pem -url {}{}",
        server.base(),
        pki::OCSP
    );
    let dir = mobile_id.to_owned();
    tokio::task::spawn_blocking(move || run(&dir, &check))
        .await
        .unwrap()
}

/// A server that has never run: its data folder is empty.
async fn elsewhere(settings: &[(&'static str, &str)]) -> Server {
    let mut server = Server::start_with(settings).await;
    server.kill();
    std::fs::remove_dir_all(server.path("data")).unwrap();
    server
}

fn looked_at(server: &Server) {
    assert!(
        server
            .say(&["audit", "verify"])
            .contains("The audit log is whole")
    );
    assert!(server.say(&["ca", "check"]).contains("0 differences left"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_backed_up_while_the_server_runs_goes_on_elsewhere() {
    let server = Server::start_with(&[("SELFSERVICE_CA__PASSPHRASE", "correct horse battery")]).await;
    let anna = enroll(&server, "anna").await;
    server.say(&["ca", "renew", "--force"]);
    let folder = server.path("backup");
    let to = folder.to_str().unwrap();
    let said = server.say(&["backup", to]);
    assert!(said.contains("10 files are backed up"), "{said}");
    run(&folder, "sha256sum --strict -c SHA256SUMS");
    let (status, said) = server.try_to_say(&["backup", to]);
    assert!(!status.success() && said.contains("is not empty"), "{said}");
    // What comes after it is lost.
    let bertil = enroll(&server, "bertil").await;
    let seen = list(&server).await;

    let mut other = elsewhere(&[("SELFSERVICE_CA__PASSPHRASE", "correct horse battery")]).await;
    let said = other.say(&["restore", to]);
    for words in [
        "Files:     10, as",
        "generations of the issuing CA: 2.",
        "Audit log: whole",
        "Books:     2 certificates checked, 0 differences.",
        "unknown to OCSP",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let (status, said) = other.try_to_say(&["restore", to]);
    assert!(!status.success() && said.contains("is not empty"), "{said}");
    other.start_again().await;
    looked_at(&other);
    let published = list(&other).await;
    assert!(published.0 > seen.0, "{} after {}", published.0, seen.0);
    let said = asked(&other, &anna).await;
    assert!(
        said.contains("authentication.pem: OK") && said.contains("authentication.pem: good"),
        "{said}"
    );
    let said = asked(&other, &bertil).await;
    assert!(said.contains("authentication.pem: unknown"), "{said}");
    // A new one, by the generation that was made before the back-up and never ran there.
    let again = enroll(&other, "bertil").await;
    let issuer = run(&again, "openssl x509 -in authentication.pem -noout -issuer");
    assert!(issuer.contains("Smart ID Issuing CA 2"), "{issuer}");
    looked_at(&other);
}

/// The list of the back-up is the truth by the database, and half of its life lies before it: another one is published.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_ca_goes_beyond_every_list_that_was_seen() {
    let server = Server::start().await;
    let kept = list(&server).await;
    let folder = server.path("backup");
    server.say(&["backup", folder.to_str().unwrap()]);
    let anna = server.portal("anna").await;
    for _ in 0..3 {
        let (process, link) = anna.open_process().await;
        let mobile_id = server.path(&process.to_string());
        let mut phone = HeadlessPhone::start(&link, &mobile_id, &[]);
        let (code, phone) = tokio::task::spawn_blocking(move || (phone.pairing_code(), phone))
            .await
            .unwrap();
        phone.kill();
        anna.pair(process, &code).await.unwrap();
        anna.cancel(process, false).await;
        list(&server).await;
    }
    let seen = list(&server).await;
    assert!(seen.0 > kept.0 + 2, "{} {}", seen.0, kept.0);
    let mut other = elsewhere(&[]).await;
    // One that was killed after its first file: nothing is made in its place.
    std::fs::create_dir_all(other.path("data/ca")).unwrap();
    std::fs::copy(
        folder.join("data/ca/issuing.cer"),
        other.path("data/ca/issuing.cer"),
    )
    .unwrap();
    let said = other.refusal(&[]);
    assert!(said.contains("root.cer is missing"), "{said}");
    std::fs::remove_dir_all(other.path("data")).unwrap();
    other.say(&["restore", folder.to_str().unwrap()]);
    other.start_again().await;
    assert!(list(&other).await.0 > seen.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_postgresql_the_folder_goes_beside_a_dump() {
    let (first, second) = (postgres::url().await, postgres::url().await);
    let server = Server::start_with(&[("SELFSERVICE_DATABASE__URL", &first)]).await;
    let anna = enroll(&server, "anna").await;
    let dump = server.path("dump.sql");
    run(
        server.path("").as_path(),
        &format!("{} '{first}' > dump.sql", postgres::program("pg_dump").display()),
    );
    let folder = server.path("backup");
    let said = server.say(&["backup", folder.to_str().unwrap()]);
    assert!(said.contains("run pg_dump before"), "{said}");

    let mut other = elsewhere(&[("SELFSERVICE_DATABASE__URL", &postgres::url().await)]).await;
    other.set("SELFSERVICE_DATABASE__URL", &second);
    let restored = Command::new(postgres::program("psql"))
        .args(["-qX", "-v", "ON_ERROR_STOP=1", &second, "-f"])
        .arg(dump)
        .output()
        .unwrap();
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    let said = other.say(&["restore", folder.to_str().unwrap()]);
    assert!(
        said.contains("Books:     2 certificates checked, 0 differences."),
        "{said}"
    );
    other.start_again().await;
    looked_at(&other);
    let said = asked(&other, &anna).await;
    assert!(
        said.contains("authentication.pem: OK") && said.contains("authentication.pem: good"),
        "{said}"
    );
    enroll(&other, "bertil").await;
    looked_at(&other);
}

/// Made under one host they have the same names, so that nothing but the keys tells them apart.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_of_one_ca_and_the_keys_of_another_do_not_serve() {
    let (mut server, other) = (Server::start().await, Server::start().await);
    list(&server).await;
    server.kill();
    let (ours, theirs) = (server.path("data/ca"), other.path("data/ca"));
    std::fs::remove_dir_all(&ours).unwrap();
    run(
        server.path("").as_path(),
        &format!("cp -a {} {}", theirs.display(), ours.display()),
    );
    let said = server.refusal(&[]);
    assert!(said.contains("do not belong together"), "{said}");
}
