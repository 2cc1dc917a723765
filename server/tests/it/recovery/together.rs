//! Clicks and phones that come together, on both engines.

use super::*;
use crate::{encryption::ENCRYPTION, mail::code::options, store::database::Database};

/// Makes a test for each engine out of one function over a server.
macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::app::Server::start().await).await;
            })*
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() {
                let url = super::Database::empty().await.url;
                super::$name(crate::app::Server::start_with(|settings| settings.database_url = url).await).await;
            })*
        }
    };
}

on_both_engines! {
    a_double_click_on_next_seals_once
    of_two_phones_one_gets_the_keys
    all_of_it_goes_its_way
}

async fn a_double_click_on_next_seals_once(server: Server) {
    options(&server, &format!("{ENCRYPTION}{SELECTS}")).await;
    let anna = server.user("anna").await;
    earlier(&server, &anna, 2).await;
    let phone = server.phone();
    let (process, shown) = open(&anna, None).await;
    let code = phone.get_ready(&shown).await;
    let (one, other) = tokio::join!(anna.pair(process, &code), anna.pair(process, &code));
    let [one, other] = [one, other].map(|answer| answer.json::<ProcessView>().mobile_id.unwrap());
    assert_eq!(one.summary.id, other.summary.id);
    let id = one.summary.id;
    assert_eq!(records(&server, id, Event::KeyArchived).await.len(), 1);
    assert_eq!(records(&server, id, Event::KeyRecovered).await.len(), 2);
    let installation = phone.enrollment().await.installation.unwrap();
    assert_eq!(phone.unwrapped(&installation).len(), 3);
    let receipt = phone.receipt().await;
    let (one, other) = tokio::join!(phone.send_receipt(&receipt), phone.send_receipt(&receipt));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (204, 204));
    books_agree(&server).await;
}

async fn of_two_phones_one_gets_the_keys(server: Server) {
    options(&server, &format!("{ENCRYPTION}{SELECTS}")).await;
    let anna = server.user("anna").await;
    earlier(&server, &anna, 1).await;
    let (process, shown) = open(&anna, None).await;
    let (one, two) = (server.phone(), server.phone());
    let (first, second) = tokio::join!(one.claim(&shown.short_code), two.claim(&shown.short_code));
    let (winner, loser) = if first.status.is_success() {
        (&one, &two)
    } else {
        (&two, &one)
    };
    assert!(first.status.is_success() != second.status.is_success());
    loser.send_keys().await.refused(Code::DeviceTokenUnknown);
    let accepted = winner.send_keys().await.json();
    let code = winner.pairing_code(&shown.short_code, &accepted);
    anna.pair(process, &code).await.ok();
    loser
        .get(device::ENROLLMENT)
        .await
        .refused(Code::DeviceTokenUnknown);
    let installation = winner.enrollment().await.installation.unwrap();
    for certificate in installation.certificates.iter().chain(&installation.recovered) {
        assert!(
            loser
                .transport
                .unwrap(installation.mobile_id, certificate)
                .is_none()
        );
    }
    winner.send_receipt(&winner.receipt().await).await.ok();
    assert_eq!(anna.process(process).await.mobile_id.unwrap().recovered.len(), 1);
}

async fn all_of_it_goes_its_way(server: Server) {
    options(&server, &format!("{ENCRYPTION}{ALL}")).await;
    let anna = server.user("anna").await;
    let first = enroll(&anna, &server.phone()).await;
    let second = enroll(&anna, &server.phone()).await;
    lock(&anna, &first, LockReason::Stolen).await;
    let third = enroll(&anna, &server.phone()).await;
    assert_eq!(recovered(&third), [serial(&second), serial(&first)]);
    assert_eq!(third.recovered[1].state_in_ca, CertificateState::Revoked);
    lock(&anna, &third, LockReason::Lost).await;
    let seen: MobileId = anna.get(&api::mobile_id(third.summary.id)).await.json();
    assert_eq!(seen.recovered[0].state_in_ca, CertificateState::Valid);
    let chain = server.context.store.read().verify_audit().await.unwrap();
    assert!(matches!(chain, server::store::Chain::Whole(_)));
    books_agree(&server).await;
}
