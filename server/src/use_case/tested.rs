//! What "Test it now" shares: whose mobile ID it is, why there is no test, and what is looked at when the phone has
//! answered.

use shared::api::{CheckKind, CheckResult};
use uuid::Uuid;

use super::{Context, lists, responder};
use crate::{
    ca::{Path, ocsp::Question},
    chance::{self, NoChance},
    domain::{
        mobile_id::{Certificate, MobileId},
        mobile_id_test::{Check, NotTestable, Test, TestOver},
        secret::Hash,
    },
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// It is not there, or it is somebody else's.
    #[error("not found")]
    NotFound,
    #[error("an unknown device token")]
    TokenUnknown,
    #[error(transparent)]
    NotTestable(#[from] NotTestable),
    #[error(transparent)]
    Over(#[from] TestOver),
    #[error(transparent)]
    Chance(#[from] NoChance),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Asker {
    /// In the portal, for one of their own.
    User { user: Uuid, mobile_id: Uuid },
    /// With the device token, for the one that it carries.
    Phone(Hash),
}

pub async fn find(context: &Context, asker: Asker) -> Result<MobileId, TestError> {
    let book = context.store.read();
    match asker {
        Asker::User { user, mobile_id } => {
            let found = book.mobile_id(mobile_id).await?;
            found
                .filter(|found| found.user == user)
                .ok_or(TestError::NotFound)
        }
        Asker::Phone(token) => {
            let process = book.process_of_device(token).await?;
            let process = process.ok_or(TestError::TokenUnknown)?;
            let id = process.mobile_id().ok_or(NotTestable::NotReady)?;
            let found = book.mobile_id(id).await?;
            Ok(found.ok_or(StoreError::Damaged { table: "mobile_id" })?)
        }
    }
}

/// The test that waits for the phone, where there is one.
pub async fn waiting(context: &Context, mobile_id: Uuid) -> Result<Option<Test>, StoreError> {
    let newest = context.store.read().newest_test(mobile_id).await?;
    Ok(newest.filter(|test| test.is_waiting(context.clock.now())))
}

/// Chain, validity, OCSP and CRL of each certificate, in order of purpose. What cannot be asked at the moment is a
/// finding, no failure.
pub async fn look(context: &Context, certificates: &[Certificate]) -> Vec<Check> {
    let now = context.clock.now();
    let mut checks = Vec::with_capacity(certificates.len() * 4);
    for certificate in certificates {
        let Some(issuer) = context.ca.issued_by(&certificate.issuer) else {
            tracing::error!(
                issuer = certificate.issuer,
                "the issuing CA was renewed: restart this server"
            );
            checks.extend(unavailable(certificate));
            continue;
        };
        let list = lists::newest(context, issuer.number()).await;
        let path = Path {
            certificate: &certificate.der,
            issuer: issuer.der(),
            root: context.ca.root_der(),
        };
        let crl = match &list {
            Ok(list) => path.crl(&list.der, now),
            Err(error) => {
                tracing::warn!(%error, "a test found no CRL");
                CheckResult::Unavailable
            }
        };
        checks.extend(
            [
                (CheckKind::Chain, path.chain(now)),
                (CheckKind::Validity, path.validity(now)),
                (CheckKind::Ocsp, ocsp(context, path).await),
                (CheckKind::Crl, crl),
            ]
            .map(|(kind, result)| Check {
                kind,
                certificate: certificate.purpose,
                result,
            }),
        );
    }
    checks
}

fn unavailable(certificate: &Certificate) -> [Check; 4] {
    [
        CheckKind::Chain,
        CheckKind::Validity,
        CheckKind::Ocsp,
        CheckKind::Crl,
    ]
    .map(|kind| Check {
        kind,
        certificate: certificate.purpose,
        result: CheckResult::Unavailable,
    })
}

/// Asks the responder as anybody would, but for the wire.
async fn ocsp(context: &Context, path: Path<'_>) -> CheckResult {
    let Ok(nonce) = chance::octets() else {
        return CheckResult::Unavailable;
    };
    let question = Question::new(path, nonce);
    let Some(request) = question.request() else {
        return CheckResult::Unavailable;
    };
    match responder::answer(context, &request).await {
        Ok(answer) => question.judge(&answer.der, context.clock.now()),
        Err(refusal) => question.judge(&refusal.response(), context.clock.now()),
    }
}
