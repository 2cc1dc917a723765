//! Encryption certificates as real ones of the issuing CA, for tests of what becomes of them.

use server::{
    ca::{Order, PublicKey, Serial, Subject},
    chance,
    domain::mobile_id::Certificate,
};
use shared::api::{CertificateState, MobileId, Purpose};
use time::Duration;

use crate::app::{Browser, Key, Server, enroll};

/// An active mobile ID of this user, with an encryption certificate besides, and that one's serial number.
pub async fn enroll_with_encryption(server: &Server, browser: &Browser) -> (MobileId, String) {
    let made = enroll(browser, &server.phone()).await;
    let book = server.context.store.read();
    let mobile_id = book.mobile_id(made.summary.id).await.unwrap().unwrap();
    let ca = &server.context.ca;
    let serial = Serial::from_random(chance::octets().unwrap());
    let not_before = (mobile_id.valid_from - Duration::minutes(5)).max(ca.issuing_not_before());
    let issued = ca
        .issue(&Order {
            serial,
            purpose: Purpose::Encryption,
            subject: Subject {
                common_name: "Anna Svensson",
                user_id: "anna@example.com",
                email: Some("anna@example.com"),
            },
            key: &PublicKey::from_accepted(&Key::make(Purpose::Encryption).spki).unwrap(),
            not_before,
            not_after: mobile_id.valid_until,
        })
        .unwrap();
    let certificate = Certificate {
        serial: serial.to_string(),
        mobile_id: mobile_id.id,
        purpose: Purpose::Encryption,
        subject: issued.subject,
        issuer: issued.issuer,
        not_before,
        not_after: mobile_id.valid_until,
        state: CertificateState::Issued,
        state_in_ca: CertificateState::Issued,
        der: issued.der,
    };
    let transaction = server.context.store.begin().await.unwrap();
    transaction
        .record_issuance(std::slice::from_ref(&certificate))
        .await
        .unwrap();
    transaction
        .add_certificates(std::slice::from_ref(&certificate))
        .await
        .unwrap();
    let (issued, valid) = (CertificateState::Issued, CertificateState::Valid);
    transaction
        .set_certificates(mobile_id.id, issued, valid)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    (made, certificate.serial)
}
