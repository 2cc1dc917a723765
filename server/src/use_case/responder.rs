//! The OCSP responder at work, for whoever asks by HTTP and for "Test it now". An answer is given again until something
//! that the CA tells has changed: at once where this server changed it, within a second where another did. Each
//! generation of the issuing CA has a responder.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration as Interval, Instant},
};

use shared::api::{Actor, CertificateState, Event};
use time::{Duration, OffsetDateTime};

use super::Context;
use crate::{
    ca::{
        Generation, Reason, Serial,
        ocsp::{ANSWER_LIFETIME, OcspRefusal, Responder, Status},
    },
    chance,
    domain::audit::Record,
    store::StoreError,
};

/// After a failure to certify a responder.
const TRY_AGAIN_AFTER: Duration = Duration::seconds(30);
/// For so long nobody asks the database again whether another server has changed anything.
const UNCHANGED_FOR: Interval = Interval::from_secs(1);
/// Beyond that, all are forgotten and signed anew.
const MOST_KEPT: usize = 20_000;

/// A signed response.
#[derive(Debug, Clone)]
pub struct Answer {
    pub der: Arc<Vec<u8>>,
    pub made_at: OffsetDateTime,
    /// The same answer serves everybody who asks the same (RFC 5019): it may be kept on the way.
    pub is_shared: bool,
}

/// The responders at work, by generation, and answers that they have signed.
#[derive(Debug, Clone, Default)]
pub struct Ocsp {
    responders: Arc<tokio::sync::Mutex<HashMap<u32, Desk>>>,
    answers: Arc<Mutex<HashMap<Vec<u8>, Kept>>>,
    revision: Arc<Mutex<Option<Revision>>>,
}

/// The CA's revision as it was read.
#[derive(Debug, Clone, Copy)]
struct Revision {
    number: i64,
    read_at: Instant,
    /// This server's commits before it was read.
    commits: u64,
}

/// Of one generation.
#[derive(Debug, Clone, Default)]
struct Desk {
    at_work: Option<Arc<Responder>>,
    /// When the last attempt to certify another one failed.
    failed_at: Option<OffsetDateTime>,
}

#[derive(Debug, Clone)]
struct Kept {
    status: Status,
    /// That of the CA when the status was read, or an earlier one.
    revision: i64,
    by: Serial,
    made_at: OffsetDateTime,
    der: Arc<Vec<u8>>,
}

/// `request`: DER.
pub async fn answer(context: &Context, request: &[u8]) -> Result<Answer, OcspRefusal> {
    let asked = context.ca.read_ocsp(request)?;
    let now = context.clock.now();
    let generation = context.ca.generation(asked.generation);
    // Beyond its end nobody can be certified to speak for it, and nothing that it issued counts.
    let issuer = generation.filter(|issuer| !issuer.has_ended(now));
    let issuer = issuer.ok_or(OcspRefusal::Unauthorized)?;
    let revision = revision(context).await?;
    let responder = responder(context, issuer).await?;
    if let Some(kept) = asked
        .shared_key()
        .and_then(|key| context.ocsp.kept(key, responder.serial, now))
        && kept.revision == revision
        && kept.status != Status::Unknown
    {
        return Ok(kept.answer());
    }
    let mut statuses = Vec::new();
    for serial in asked.serials() {
        statuses.push(status(context, issuer, serial).await?);
    }
    let shared = asked.shared_key().zip(statuses.first().copied());
    if let Some((key, status)) = shared
        && let Some(kept) = context.ocsp.kept(key, responder.serial, now)
        && kept.status == status
    {
        let kept = Kept { revision, ..kept };
        context.ocsp.keep(key, kept.clone());
        return Ok(kept.answer());
    }
    let der = Arc::new(responder.answer(&asked, &statuses, now)?);
    if let Some((key, status)) = shared {
        let kept = Kept {
            status,
            revision,
            by: responder.serial,
            made_at: now,
            der: der.clone(),
        };
        context.ocsp.keep(key, kept);
    }
    Ok(Answer {
        der,
        made_at: now,
        is_shared: !asked.has_nonce(),
    })
}

/// The CA's revision, as read by this server since it last wrote anything, and not long ago.
async fn revision(context: &Context) -> Result<i64, OcspRefusal> {
    let known = &context.ocsp.revision;
    let (commits, read_at) = (context.store.commits(), Instant::now());
    let last = *known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(last) = last
        && last.commits == commits
        && last.read_at.elapsed() < UNCHANGED_FOR
    {
        return Ok(last.number);
    }
    let number = context.store.read().ca_revision().await;
    let number = number.map_err(|error| later(&error))?;
    *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Revision {
        number,
        read_at,
        commits,
    });
    Ok(number)
}

async fn status(
    context: &Context,
    issuer: &Generation,
    serial: Option<Serial>,
) -> Result<Status, OcspRefusal> {
    let Some(serial) = serial else {
        return Ok(Status::Unknown);
    };
    let book = context.store.read();
    let found = book.status_in_ca(issuer.name(), &serial.to_string()).await;
    Ok(match found.map_err(|error| later(&error))? {
        None => Status::Unknown,
        // Also what was on hold when it expired.
        Some((_, Some((at, reason)))) => Status::Revoked {
            at,
            reason: Reason::of(reason),
        },
        Some((CertificateState::Revoked | CertificateState::OnHold, None)) => {
            return Err(OcspRefusal::Internal);
        }
        Some(_) => Status::Good,
    })
}

/// The one at work, which is followed by a new one when half its life is over. Where none can be certified, it goes on to
/// its end, and nobody tries again for a while.
async fn responder(context: &Context, issuer: &Generation) -> Result<Arc<Responder>, OcspRefusal> {
    let number = issuer.number();
    let mut desks = context.ocsp.responders.lock().await;
    let desk = desks.entry(number).or_default();
    let now = context.clock.now();
    let at_work = desk.at_work.clone().filter(|responder| now < responder.not_after);
    if let Some(responder) = &at_work
        && (!responder.is_old(now) || responder.not_after >= issuer.not_after())
    {
        return Ok(responder.clone());
    }
    if desk
        .failed_at
        .is_none_or(|at| !(at..at + TRY_AGAIN_AFTER).contains(&now))
    {
        match certify(context, issuer, now).await {
            Ok(responder) => {
                desk.failed_at = None;
                return Ok(desk.at_work.insert(responder).clone());
            }
            Err(refusal) => {
                desk.failed_at = Some(now);
                return at_work.ok_or(refusal);
            }
        }
    }
    at_work.ok_or(OcspRefusal::TryLater)
}

/// The certificate's serial number is written down before it is signed.
async fn certify(
    context: &Context,
    issuer: &Generation,
    now: OffsetDateTime,
) -> Result<Arc<Responder>, OcspRefusal> {
    let number = issuer.number();
    let serial = Serial::from_random(chance::octets().map_err(|_| OcspRefusal::TryLater)?);
    let record = Record::new(now, Event::ResponderCertified, Actor::System).detail(serial.to_string());
    let written = async {
        let transaction = context.store.begin().await?;
        transaction.append_audit(&record);
        transaction.commit().await
    };
    written.await.map_err(|error| later(&error))?;
    let certify = move |issuer: &Generation| issuer.certify_responder(serial, now);
    let certified = context.with_generation(number, certify).await.map_err(|silent| {
        tracing::error!(error = %silent, "no OCSP responder could be certified");
        OcspRefusal::TryLater
    });
    match certified?.ok_or(OcspRefusal::Unauthorized)? {
        Ok(responder) => {
            let until = responder.not_after;
            tracing::info!(%serial, generation = number, %until, "an OCSP responder was certified");
            Ok(Arc::new(responder))
        }
        Err(error) => {
            tracing::error!(%error, "no OCSP responder could be certified");
            Err(OcspRefusal::Internal)
        }
    }
}

fn later(error: &StoreError) -> OcspRefusal {
    tracing::warn!(%error, "an OCSP request cannot be answered at the moment");
    OcspRefusal::TryLater
}

impl Kept {
    fn answer(self) -> Answer {
        Answer {
            der: self.der,
            made_at: self.made_at,
            is_shared: true,
        }
    }
}

impl Ocsp {
    /// An answer whose time is good for half of its life.
    fn kept(&self, key: &[u8], by: Serial, now: OffsetDateTime) -> Option<Kept> {
        let kept = self.lock().get(key).cloned()?;
        let is_young = (kept.made_at..kept.made_at + ANSWER_LIFETIME / 2).contains(&now);
        (is_young && kept.by == by).then_some(kept)
    }

    fn keep(&self, key: &[u8], kept: Kept) {
        let mut answers = self.lock();
        if answers.len() >= MOST_KEPT {
            answers.clear();
        }
        answers.insert(key.to_vec(), kept);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Kept>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
