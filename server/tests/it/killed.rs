//! The server killed with SIGKILL between any two steps and started again: the process goes on, or ends cleanly.

use std::time::Duration;

use server::phone::{Connection, Installed, Keys, Link, Phone, Token};
use shared::api::{CertificateState, Ending, MobileIdState, ProcessState, Step};

use crate::program::{HeadlessPhone, Server};

#[tokio::test(flavor = "multi_thread")]
async fn the_process_goes_on_after_a_kill_between_any_two_steps() {
    let mut server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, _) = anna.open_process().await;
    server.kill_and_start_again().await;
    // The code was shown once and is hashed since: the user asks for a new one, in the same session.
    let link = Link::parse(&anna.new_link(process).await, false).unwrap();
    let connection = Connection::new(&link.base, Duration::from_secs(20)).unwrap();
    let phone = Phone::new(connection, link.code, Token::make().unwrap(), "Pixel 8");
    phone.offer().await.unwrap();
    server.kill_and_start_again().await;
    let claimed = phone.claim().await.unwrap();
    server.kill_and_start_again().await;
    assert_eq!(phone.claim().await.unwrap(), claimed);
    let keys = Keys::make(&claimed).unwrap();
    let accepted = phone.submit_keys(&keys).await.unwrap();
    server.kill_and_start_again().await;
    assert_eq!(phone.submit_keys(&keys).await.unwrap(), accepted);
    let pairing_code = phone.pairing_code(&keys, &accepted.nonce).unwrap();
    anna.pair(process, pairing_code.as_str()).await.unwrap();
    server.kill_and_start_again().await;
    let now = phone.enrollment().await.unwrap();
    assert_eq!(now.state, ProcessState::Confirmed);
    let installation = now.installation.unwrap();
    let installed = Installed::check(&keys, &installation).unwrap();
    phone
        .receipt(process, installation.mobile_id, &keys, &installed)
        .await
        .unwrap();
    server.kill_and_start_again().await;
    phone
        .receipt(process, installation.mobile_id, &keys, &installed)
        .await
        .unwrap();
    let done = anna.process(process).await;
    assert_eq!((done.state, done.step), (ProcessState::Completed, Step::Done));
    assert_eq!(done.mobile_id.unwrap().summary.state, MobileIdState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_phone_finds_the_server_again() {
    let mut server = Server::start().await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let mut phone = HeadlessPhone::start(&link, &server.path("mobile-id"), &[]);
    let pairing_code = phone.pairing_code();
    server.kill();
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.start_again().await;
    anna.pair(process, &pairing_code).await.unwrap();
    phone.expect("installed");
    assert!(phone.end().success());
}

/// No certificate is `issued` for ever: a server that comes back after the receipt's time revokes what it finds.
#[tokio::test(flavor = "multi_thread")]
async fn certificates_without_a_receipt_are_revoked_after_a_kill_too() {
    let mut server = Server::start_with(&[("SELFSERVICE_ENROLLMENT__RECEIPT_SECONDS", "2")]).await;
    let anna = server.portal("anna").await;
    let (process, link) = anna.open_process().await;
    let folder = server.path("mobile-id");
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    let pairing_code = phone.pairing_code();
    phone.kill();
    let confirmed = anna.pair(process, &pairing_code).await.unwrap();
    assert_eq!(confirmed.state, ProcessState::Confirmed);
    server.kill();
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    server.start_again().await;
    let ended = anna.process(process).await;
    assert_eq!(
        (ended.state, ended.ending),
        (ProcessState::Failed, Some(Ending::ReceiptMissing))
    );
    let mobile_id = ended.mobile_id.unwrap();
    assert_eq!(mobile_id.summary.state, MobileIdState::Registered);
    for certificate in &mobile_id.certificates {
        assert_eq!(certificate.state_in_ca, CertificateState::Revoked);
        assert_eq!(certificate.state_in_identity_manager, CertificateState::Revoked);
    }
    let mut phone = HeadlessPhone::start(&link, &folder, &[]);
    phone.expect("resumed");
    assert_eq!(phone.expect("failed")["code"], "receipt_missing");
    assert!(!folder.exists());
}

/// Not between the steps but in them: whatever the moment, the enrollment is finished, once, and the audit log is
/// whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_loses_nothing() {
    let mut server = Server::start().await;
    let anna = server.portal("anna").await;
    for round in 0..10_u64 {
        let (process, link) = anna.open_process().await;
        let folder = server.path(&format!("mobile-id-{round}"));
        let mut phone = HeadlessPhone::start(&link, &folder, &[]);
        let user = anna.clone();
        let runtime = tokio::runtime::Handle::current();
        let rest = tokio::task::spawn_blocking(move || {
            let pairing_code = phone.pairing_code();
            runtime.block_on(user.pair(process, &pairing_code)).unwrap();
            phone.expect("installed");
            assert!(phone.end().success());
        });
        tokio::time::sleep(Duration::from_millis(round * 25)).await;
        server.kill_and_start_again().await;
        rest.await.unwrap();
        let done = anna.process(process).await;
        assert_eq!(done.state, ProcessState::Completed, "round {round}");
        let certificates = done.mobile_id.unwrap().certificates;
        assert_eq!(certificates.len(), 2, "round {round}");
        for certificate in certificates {
            assert_eq!(certificate.state_in_ca, CertificateState::Valid);
        }
    }
    assert!(
        server
            .say(&["audit", "verify"])
            .contains("The audit log is whole")
    );
}
