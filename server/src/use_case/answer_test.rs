//! The phone has signed a test's challenge: the signature is verified, each certificate is looked at, and what was
//! found is kept. An answer that comes again is answered alike.

use shared::{
    api::{Actor, CheckKind, CheckResult, Event, Purpose},
    protocol::challenge,
};
use uuid::Uuid;

use super::{Context, TestAsker, TestError, tested};
use crate::{
    ca,
    domain::{
        audit::Record,
        mobile_id::Certificate,
        mobile_id_test::{Answer, Check, Test, TestOver},
        secret::Hash,
    },
};

/// `signature`: r and s as the phone made them (IEEE P1363).
pub async fn run(context: &Context, token: Hash, test: Uuid, signature: &[u8]) -> Result<Test, TestError> {
    let mobile_id = tested::find(context, TestAsker::Phone(token)).await?;
    let book = context.store.read();
    let newest = book.newest_test(mobile_id.id).await?;
    let newest = newest.filter(|newest| newest.id == test).ok_or(TestOver)?;
    if newest.answer.is_some() {
        return Ok(newest);
    }
    if !newest.is_waiting(context.clock.now()) {
        return Err(TestOver.into());
    }
    let certificates = book.certificates(mobile_id.id).await?;
    // Before the transaction: it may publish a list.
    let mut checks = signed(&newest, &certificates, signature);
    checks.extend(tested::look(context, &certificates).await);

    let transaction = context.store.begin().await?;
    let held = transaction.newest_test_to_change(mobile_id.id).await?;
    let held = held.filter(|held| held.id == test).ok_or(TestOver)?;
    if held.answer.is_some() {
        return Ok(held);
    }
    let now = context.clock.now();
    let answered = held.answered(checks, now)?;
    transaction.save_test(&answered).await?;
    let record = Record::new(now, Event::MobileIdTested, Actor::Phone)
        .user(mobile_id.user)
        .process(mobile_id.process)
        .mobile_id(Some(mobile_id.id))
        .detail(answered.answer.as_ref().map(found).unwrap_or_default());
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(mobile_id.process);
    Ok(answered)
}

fn signed(test: &Test, certificates: &[Certificate], signature: &[u8]) -> Vec<Check> {
    let is_signer = |certificate: &&Certificate| certificate.purpose == Purpose::Authentication;
    let message = challenge::message(test.id, test.mobile_id, &test.challenge);
    let fits = certificates
        .iter()
        .find(is_signer)
        .is_some_and(|signer| ca::is_signed_by(&signer.der, &message, signature));
    vec![Check {
        kind: CheckKind::Signature,
        certificate: Purpose::Authentication,
        result: if fits {
            CheckResult::Good
        } else {
            CheckResult::SignatureWrong
        },
    }]
}

/// For administrators.
fn found(answer: &Answer) -> String {
    let faults: Vec<_> = answer
        .faults()
        .map(|check| {
            format!(
                "{} {:?}: {:?}",
                check.certificate.as_str(),
                check.kind,
                check.result
            )
        })
        .collect();
    if faults.is_empty() {
        "passed".into()
    } else {
        format!("failed: {}", faults.join(", "))
    }
}
