//! What "Test it now" shares: whose mobile ID it is, why there is no test, and what is looked at when the phone has
//! answered.

use std::sync::Arc;

use shared::api::{CheckKind, CheckResult};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, lists, responder};
use crate::{
    ca::{Path, ocsp::Question},
    chance::{self, NoChance},
    domain::{
        mobile_id::{Certificate, MobileId},
        mobile_id_test::{Check, NotTestable, Test, TestOver},
        revocation::Crl,
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

/// What anybody can have who relies on a certificate.
struct Published {
    certificate: Certificate,
    issuer: Vec<u8>,
    root: Vec<u8>,
    list: Option<Arc<Crl>>,
    /// The responder's answer, to a question with this nonce.
    answer: Option<([u8; 32], Vec<u8>)>,
}

/// Chain, validity, OCSP and CRL of each certificate, in order of purpose. What cannot be asked at the moment is a
/// finding, no failure.
pub async fn look(context: &Context, certificates: &[Certificate]) -> Vec<Check> {
    let mut published = Vec::with_capacity(certificates.len());
    for certificate in certificates {
        published.push(Published::of(context, certificate).await);
    }
    let now = context.clock.now();
    // A list may be long, and is read from its beginning.
    let looked =
        tokio::task::spawn_blocking(move || published.iter().flat_map(|all| all.look(now)).collect());
    looked
        .await
        .unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()))
}

impl Published {
    async fn of(context: &Context, certificate: &Certificate) -> Self {
        let mut published = Self {
            certificate: certificate.clone(),
            issuer: Vec::new(),
            root: context.ca.root_der().to_vec(),
            list: None,
            answer: None,
        };
        let Some(issuer) = context.ca.issued_by(&certificate.issuer) else {
            tracing::error!(
                issuer = certificate.issuer,
                "the issuing CA was renewed: restart this server"
            );
            return published;
        };
        published.issuer = issuer.der().to_vec();
        match lists::newest(context, issuer.number()).await {
            Ok(list) => published.list = Some(list),
            Err(error) => tracing::warn!(%error, "a test found no CRL"),
        }
        published.answer = published.ask(context).await;
        published
    }

    fn path(&self) -> Path<'_> {
        Path {
            certificate: &self.certificate.der,
            issuer: &self.issuer,
            root: &self.root,
        }
    }

    /// Asks the responder as anybody would, but for the wire.
    async fn ask(&self, context: &Context) -> Option<([u8; 32], Vec<u8>)> {
        let nonce = chance::octets().ok()?;
        let request = Question::new(self.path(), nonce).request()?;
        let answer = match responder::answer(context, &request).await {
            Ok(answer) => Vec::clone(&answer.der),
            Err(refusal) => refusal.response(),
        };
        Some((nonce, answer))
    }

    fn look(&self, now: OffsetDateTime) -> [Check; 4] {
        let path = self.path();
        let ocsp = match &self.answer {
            Some((nonce, answer)) => Question::new(path, *nonce).judge(answer, now),
            None => CheckResult::Unavailable,
        };
        let crl = match &self.list {
            Some(list) => path.crl(&list.der, now),
            None => CheckResult::Unavailable,
        };
        [
            (CheckKind::Chain, path.chain(now)),
            (CheckKind::Validity, path.validity(now)),
            (CheckKind::Ocsp, ocsp),
            (CheckKind::Crl, crl),
        ]
        .map(|(kind, result)| Check {
            kind,
            certificate: self.certificate.purpose,
            result,
        })
    }
}
