//! The headless phone against the real server: the whole way, and every way in which it can come to nothing.

mod encryption;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use server::phone::{Connection, Installed, Keys, Link, Phone, PhoneError, Token};
use shared::api::{CertificateState, Ending, MobileIdState, ProcessState};
use shared::problem::Code;

use crate::program::{HeadlessPhone, Server};

/// A phone that is driven step by step, and asks nothing twice.
fn phone(link: &str) -> Phone {
    let link = Link::parse(link, false).unwrap();
    let connection = Connection::new(&link.base, Duration::ZERO).unwrap();
    Phone::new(connection, link.code, Token::make().unwrap(), "Pixel 8")
}

fn code(error: &PhoneError) -> Option<Code> {
    match error {
        PhoneError::Connection(error) => error.code(),
        _ => None,
    }
}

/// openssl takes the certificate, and the key is the one that it is over.
fn judge(folder: &Path, name: &str) {
    let run = |program: &mut Command| {
        let output = program.current_dir(folder).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    let (certificate, key) = (format!("{name}.pem"), format!("{name}.key"));
    let chain = std::fs::read_to_string(folder.join("chain.pem")).unwrap();
    let root = chain.rfind("-----BEGIN").unwrap();
    std::fs::write(folder.join("root.pem"), &chain[root..]).unwrap();
    run(Command::new("openssl").args([
        "verify",
        "-x509_strict",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "chain.pem",
        &certificate,
    ]));
    assert_eq!(
        run(Command::new("openssl").args(["x509", "-noout", "-pubkey", "-in", &certificate])),
        run(Command::new("openssl").args(["pkey", "-pubout", "-in", &key]))
    );
    let mode = std::fs::metadata(folder.join(&key)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_installs_what_the_user_confirms() {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let folder = server.path("mobile-id");
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    assert_eq!(phone.expect("offer")["user"], "A… S…");
    phone.expect("claimed");
    let pairing_code = phone.pairing_code();
    assert_eq!(
        anna.process(process).await.phone.as_deref(),
        Some("Pixel 8, selfservice phone on linux")
    );
    anna.pair(process, &pairing_code).await.unwrap();
    let installed = phone.expect("installed");
    assert!(phone.end().success());

    let done = anna.process(process).await;
    let mobile_id = done.mobile_id.unwrap();
    assert_eq!(done.state, ProcessState::Completed);
    assert_eq!(mobile_id.summary.state, MobileIdState::Active);
    assert_eq!(installed["mobile_id"], mobile_id.summary.id.to_string());
    for certificate in &mobile_id.certificates {
        assert_eq!(certificate.state_in_ca, CertificateState::Valid);
        assert_eq!(certificate.state_in_identity_manager, CertificateState::Valid);
        judge(&folder, certificate.purpose.as_str());
    }
    assert!(!folder.join("enrollment.json").exists());
    let again = HeadlessPhone::start(&link, &folder, &[]).expect("failed");
    assert!(
        again["reason"]
            .as_str()
            .unwrap()
            .contains("holds a mobile ID already")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_may_be_repeated_and_a_lost_answer_loses_nothing() {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let phone = phone(&link);
    phone.offer().await.unwrap();
    phone.offer().await.unwrap();
    let claimed = phone.claim().await.unwrap();
    assert_eq!(phone.claim().await.unwrap(), claimed);
    let keys = Keys::make(&claimed).unwrap();
    let accepted = phone.submit_keys(&keys).await.unwrap();
    assert_eq!(phone.submit_keys(&keys).await.unwrap(), accepted);
    let pairing_code = phone.pairing_code(&keys, &accepted.nonce).unwrap();
    anna.pair(process, pairing_code.as_str()).await.unwrap();
    anna.pair(process, pairing_code.as_str()).await.unwrap();
    let now = phone.wait(ProcessState::KeysReceived).await.unwrap();
    let installation = now.installation.unwrap();
    let installed = Installed::check(&keys, &installation).unwrap();
    for _ in 0..2 {
        phone
            .receipt(process, installation.mobile_id, &keys, &installed)
            .await
            .unwrap();
        assert_eq!(phone.enrollment().await.unwrap().state, ProcessState::Completed);
    }
    assert_eq!(
        anna.process(process).await.mobile_id.unwrap().certificates.len(),
        keys.own.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_phones_one_wins_and_the_other_is_told() {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (_, link) = anna.open_process().await;
    let phones: Vec<Phone> = (0..8).map(|_| phone(&link)).collect();
    let claims: Vec<_> = phones
        .into_iter()
        .map(|phone| tokio::spawn(async move { phone.claim().await }))
        .collect();
    let mut won = 0;
    for claim in claims {
        match claim.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(code(&error), Some(Code::ActivationCodeUsed), "{error}"),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_killed_goes_on_where_it_was() {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let folder = server.path("mobile-id");
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    phone.expect("offer");
    phone.expect("claimed");
    phone.kill();
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    phone.expect("resumed");
    let pairing_code = phone.pairing_code();
    phone.kill();
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    assert_eq!(phone.pairing_code(), pairing_code);
    phone.kill();
    anna.pair(process, &pairing_code).await.unwrap();
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    phone.expect("resumed");
    phone.expect("installed");
    assert!(phone.end().success());
    assert_eq!(anna.process(process).await.state, ProcessState::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_and_the_end_of_the_time_cancel_in_the_portal() {
    let server = Server::start().await;
    for (user, more) in [("anna", ["--timeout", "900"]), ("bertil", ["--timeout", "6"])] {
        let portal = server.portal(user).await;
        let (process, link) = portal.open_process().await;
        let folder = server.path(user);
        let mut phone = HeadlessPhone::start(&link, &folder, &more);
        phone.pairing_code();
        if more[1] == "900" {
            phone.interrupt();
        }
        phone.expect("failed");
        assert!(!phone.end().success());
        let ended = portal.process(process).await;
        assert_eq!(ended.state, ProcessState::Cancelled);
        assert_eq!(ended.ending, Some(Ending::CancelledOnPhone));
        assert!(!folder.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_in_the_portal_ends_on_the_phone() {
    let server = Server::start().await;
    for (user, ending) in [("anna", "cancelled_by_user"), ("bertil", "phone_not_recognised")] {
        let portal = server.portal(user).await;
        let (process, link) = portal.open_process().await;
        let folder = server.path(user);
        let mut phone = HeadlessPhone::start(&link, &folder, &[]);
        phone.pairing_code();
        portal.cancel(process, user == "bertil").await;
        assert_eq!(phone.expect("failed")["code"], ending);
        assert!(!phone.end().success());
        assert!(!folder.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pairing_codes_end_it() {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let mut phone = HeadlessPhone::start(&link, &server.path("mobile-id"), &[]);
    let pairing_code = phone.pairing_code();
    let wrong = if pairing_code == "000000" {
        "000001"
    } else {
        "000000"
    };
    for left in (0..5).rev() {
        let problem = anna.pair(process, wrong).await.unwrap_err();
        if left > 0 {
            assert_eq!(
                (problem.code, problem.tries_left),
                (Code::PairingCodeWrong, Some(left))
            );
        }
    }
    assert_eq!(phone.expect("failed")["code"], "pairing_code_wrong");
    assert_eq!(
        anna.pair(process, &pairing_code).await.unwrap_err().code,
        Code::ProcessEnded
    );
    let ended = anna.process(process).await;
    assert_eq!(ended.ending, Some(Ending::PairingCodeWrong));
    assert!(ended.mobile_id.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_worth_nothing_any_more_say_why() {
    let server = Server::start_with(&[("SELFSERVICE_ENROLLMENT__CODE_SECONDS", "2")]).await;
    let anna = server.portal("anna").await;
    let (process, old) = anna.open_process().await;
    let new = anna.new_link(process).await;
    let failure = |link: &str| {
        let folder = server.path("mobile-id");
        let failed = HeadlessPhone::start(link, &folder, &[]).expect("failed");
        assert!(!folder.exists());
        failed["code"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(failure(&old), "activation_code_replaced");
    assert_eq!(
        failure(&format!("{}/m#{}", server.base(), "A".repeat(43))),
        "activation_code_unknown"
    );
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(failure(&new), "activation_code_expired");
    anna.cancel(process, false).await;
    assert_eq!(failure(&new), "activation_cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_ends_the_process_without_using_the_code() {
    let server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    phone(&link).decline().await.unwrap();
    let ended = anna.process(process).await;
    assert_eq!(ended.ending, Some(Ending::CancelledOnPhone));
    let error = phone(&link).claim().await.unwrap_err();
    assert_eq!(code(&error), Some(Code::ActivationCancelled));
}

/// Where nothing was asked of the server, nothing is left that would stand in the way of the next link.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_leaves_no_folder() {
    let mut server = Server::start().await;
    let link = format!("{}/m#{}", server.base(), "A".repeat(43));
    server.kill();
    let folder = server.path("mobile-id");
    let mut phone = HeadlessPhone::start(&link, &folder, &["--timeout", "1"]);
    let failed = phone.expect("failed");
    assert!(
        failed["reason"].as_str().unwrap().contains("cannot be reached"),
        "{failed}"
    );
    assert!(!phone.end().success());
    assert!(!folder.exists());
}
