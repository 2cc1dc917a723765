//! The certificate revocation list that each certificate names, its issuer's: the newest one, or, where something has
//! changed or its life is half over, the next one, signed and kept. Each generation of the issuing CA has lists of its
//! own, until its end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use time::{Duration, OffsetDateTime};

use super::{Context, PortalError};
use crate::{
    ca::{Generation, Reason, Serial},
    domain::revocation::{Crl, NextCrl},
    store::StoreError,
};

/// After a failure to sign one.
const TRY_AGAIN_AFTER: Duration = Duration::seconds(30);

/// The list that was given last, by generation, so that a large one is not read anew for each who asks.
#[derive(Debug, Clone, Default)]
pub struct LastCrl(Arc<Mutex<HashMap<u32, Last>>>);

#[derive(Debug, Default)]
struct Last {
    crl: Option<Arc<Crl>>,
    /// When the next one could not be signed.
    failed_at: Option<OffsetDateTime>,
}

impl LastCrl {
    fn get(&self, generation: u32, number: u64) -> Option<Arc<Crl>> {
        let kept = self.lock().get(&generation)?.crl.clone();
        kept.filter(|crl| crl.number == number)
    }

    fn keep(&self, generation: u32, crl: Crl) -> Arc<Crl> {
        let crl = Arc::new(crl);
        let last = Last {
            crl: Some(crl.clone()),
            failed_at: None,
        };
        self.lock().insert(generation, last);
        crl
    }

    fn failed(&self, generation: u32, now: OffsetDateTime) {
        self.lock().entry(generation).or_default().failed_at = Some(now);
    }

    /// It failed a moment ago, and will again.
    fn is_trying_in_vain(&self, generation: u32, now: OffsetDateTime) -> bool {
        let lasts = self.lock();
        let failed_at = lasts.get(&generation).and_then(|last| last.failed_at);
        failed_at.is_some_and(|at| (at..at + TRY_AGAIN_AFTER).contains(&now))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `NotFound` where this server knows no such generation, or it ended without a list. Where the next one cannot be signed,
/// the newest is given as long as it may be relied on.
pub async fn newest(context: &Context, generation: u32) -> Result<Arc<Crl>, PortalError> {
    let issuer = context.ca.generation(generation).ok_or(PortalError::NotFound)?;
    let now = context.clock.now();
    let book = context.store.read();
    let revision = book.ca_revision().await?;
    let mut kept = None;
    if let Some(number) = book.newest_crl_number(generation).await? {
        kept = context.last_crl.get(generation, number);
        if kept.is_none() {
            let newest = book.newest_crl(generation).await?;
            kept = newest.map(|crl| context.last_crl.keep(generation, crl));
        }
    }
    let is_enough = |crl: &Arc<Crl>| issuer.has_ended(now) || crl.is_current(revision, now);
    if let Some(kept) = kept.clone().filter(is_enough) {
        return Ok(kept);
    }
    if issuer.has_ended(now) {
        return Err(PortalError::NotFound);
    }
    let kept = kept.filter(|crl| now < crl.next_update);
    if let Some(kept) = kept
        .clone()
        .filter(|_| context.last_crl.is_trying_in_vain(generation, now))
    {
        return Ok(kept);
    }
    match publish(context, issuer).await {
        Ok(crl) => Ok(context.last_crl.keep(generation, crl)),
        Err(error) => {
            context.last_crl.failed(generation, now);
            tracing::error!(%error, generation, "no CRL could be published; the one before stays");
            kept.ok_or(error)
        }
    }
}

/// The list of each generation that can still issue one. What fails for one keeps no other back.
pub async fn all(context: &Context) -> Result<(), PortalError> {
    let now = context.clock.now();
    let mut first_failure = Ok(());
    for generation in context
        .ca
        .generations()
        .filter(|generation| !generation.has_ended(now))
    {
        let published = newest(context, generation.number()).await;
        first_failure = first_failure.and(published.map(|_| ()));
    }
    first_failure
}

/// Signs outside of a transaction: a token may take its time, and nobody shall wait for it who wants to lock something.
async fn publish(context: &Context, issuer: &Generation) -> Result<Crl, PortalError> {
    let generation = issuer.number();
    loop {
        let book = context.store.read();
        // Before the entries, which so know of at least as much.
        let revision = book.ca_revision().await?;
        let newest = book.newest_crl(generation).await?;
        let now = context.clock.now();
        if let Some(newest) = newest.clone().filter(|crl| crl.is_current(revision, now)) {
            return Ok(newest);
        }
        let taken = book.greatest_crl_number().await?;
        let next = NextCrl::after(newest.map(|crl| crl.this_update), taken, now);
        let entries = entries(context, issuer, &next).await?;
        let count = entries.len();
        let sign =
            move |issuer: &Generation| issuer.crl(next.number, next.this_update, next.next_update, &entries);
        let signed = context.with_generation(generation, sign).await?;
        let crl = Crl {
            number: next.number,
            revision,
            this_update: next.this_update,
            next_update: next.next_update,
            der: signed.ok_or(PortalError::NotFound)??,
        };
        let transaction = context.store.begin().await?;
        // One publishes at a time. Where another has published meanwhile, the number is taken, and perhaps the work done.
        transaction.ca_revision_to_publish().await?;
        if transaction.greatest_crl_number().await? != taken {
            continue;
        }
        transaction.add_crl(generation, &crl).await?;
        transaction.forget_crls_before(generation, crl.number).await?;
        transaction.commit().await?;
        tracing::info!(
            generation,
            number = crl.number,
            entries = count,
            "a CRL was published"
        );
        return Ok(crl);
    }
}

async fn entries(
    context: &Context,
    issuer: &Generation,
    next: &NextCrl,
) -> Result<Vec<(Serial, OffsetDateTime, Reason)>, PortalError> {
    let revoked = context
        .store
        .read()
        .revoked(issuer.name(), next.listed_from)
        .await?;
    let mut entries = Vec::with_capacity(revoked.len());
    for (serial, at, reason) in revoked {
        let serial = serial.parse::<Serial>().map_err(|_| StoreError::Damaged {
            table: "ca_certificate",
        })?;
        entries.push((serial, at, Reason::of(reason)));
    }
    Ok(entries)
}
