//! A second person approves: nothing is sealed before, and the user is asked for the password all the same.

use shared::{
    api::{ApprovalState, ProcessState, RecoveryRequest, Role, UserState},
    url::admin,
};

use super::*;
use crate::{encryption::ENCRYPTION, mail::code::options};

const APPROVED: &str = "recoverEncryptionCertificates = \"all\"; recoveryNeedsApproval = true;";

async fn operator(server: &Server) -> Browser {
    let roles = [Role::Operator];
    server.add("olga", UserState::Active, &roles, None).await;
    server.signed_in("olga").await
}

async fn approve(operator: &Browser) {
    let waiting: Vec<RecoveryRequest> = operator.get(admin::RECOVERIES).await.json();
    let body = json!({ "decision": "approve", "reason": "Seen in person." });
    operator
        .post(&admin::recovery_decision(waiting[0].id), body)
        .await
        .ok();
}

/// Next was pressed, and the process waits where it was.
fn waits(answer: Answer) -> ApprovalState {
    let view: ProcessView = answer.json();
    assert_eq!((view.state, view.activation), (ProcessState::Started, None));
    view.recovery.unwrap().approval.unwrap().state
}

#[tokio::test]
async fn what_is_approved_is_recovered_by_who_types_the_password_again() {
    let server = server_with(APPROVED).await;
    let (anna, olga) = (server.user("anna").await, operator(&server).await);
    let old = enroll(&anna, &server.phone()).await;
    let process = anna.start().await;
    assert!(process.recovery.unwrap().needs_approval);
    let process = process.id;
    assert_eq!(waits(next(&anna, process, None).await), ApprovalState::Pending);
    approve(&olga).await;
    server.later(Duration::minutes(6));
    next(&anna, process, None).await.refused(Code::PasswordNeeded);
    let body = json!({ "password": PASSWORD });
    anna.post(api::SESSION_PASSWORD, body).await.ok();
    let view: ProcessView = next(&anna, process, None).await.json();
    let phone = server.phone();
    let code = phone.get_ready(&view.activation.unwrap().code.unwrap()).await;
    anna.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    let new = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(recovered(&new), [serial(&old)]);
}

#[tokio::test]
async fn who_goes_on_without_gets_the_new_certificate_alone() {
    let server = server_with(APPROVED).await;
    let anna = server.user("anna").await;
    enroll(&anna, &server.phone()).await;
    let process = anna.start().await.id;
    assert_eq!(waits(next(&anna, process, None).await), ApprovalState::Pending);
    let new = get(&server, &anna, Some(&json!([]))).await;
    assert_eq!((new.certificates.len(), new.recovered.len()), (3, 0));
}

/// An approval whose time is over between Next and the pairing code seals nothing.
#[tokio::test]
async fn an_approval_that_is_over_before_the_pairing_code_seals_nothing() {
    let server = Server::start_with(|settings| settings.limits.approval_ttl = Duration::minutes(3)).await;
    options(&server, &format!("{ENCRYPTION}{APPROVED}")).await;
    let (anna, olga) = (server.user("anna").await, operator(&server).await);
    enroll(&anna, &server.phone()).await;
    let process = anna.start().await.id;
    assert_eq!(waits(next(&anna, process, None).await), ApprovalState::Pending);
    approve(&olga).await;
    let (process, shown) = open(&anna, None).await;
    let code = server.phone().get_ready(&shown).await;
    server.later(Duration::minutes(4));
    anna.pair(process, &code).await.refused(Code::ApprovalPending);
    assert_eq!(
        (
            rows(&server, "sealed_key").await,
            rows(&server, "archived_key").await
        ),
        (0, 1)
    );
    let waits = anna.process(process).await;
    assert_eq!(
        (waits.state, waits.pairing_tries_left),
        (ProcessState::KeysReceived, Some(5))
    );
}
