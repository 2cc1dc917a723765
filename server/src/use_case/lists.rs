//! The certificate revocation list that each certificate names, its issuer's: the newest one, or, where something has
//! changed or its life is half over, the next one, signed and kept. Each generation of the issuing CA has lists of its
//! own, until its end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Context, PortalError};
use crate::{
    ca::{Generation, Reason, Serial},
    domain::revocation::{Crl, NextCrl},
    store::{StoreError, Transaction},
};

/// The list that was given last, by generation, so that a large one is not read anew for each who asks.
#[derive(Debug, Clone, Default)]
pub struct LastCrl(Arc<Mutex<HashMap<u32, Arc<Crl>>>>);

impl LastCrl {
    fn get(&self, generation: u32, number: u64) -> Option<Arc<Crl>> {
        let kept = self.lock().get(&generation).cloned();
        kept.filter(|crl| crl.number == number)
    }

    fn keep(&self, generation: u32, crl: Crl) -> Arc<Crl> {
        let crl = Arc::new(crl);
        self.lock().insert(generation, crl.clone());
        crl
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Arc<Crl>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `NotFound` where this server knows no such generation, or it ended without a list.
pub async fn newest(context: &Context, generation: u32) -> Result<Arc<Crl>, PortalError> {
    let issuer = context.ca.generation(generation).ok_or(PortalError::NotFound)?;
    let now = context.clock.now();
    let book = context.store.read();
    let revision = book.ca_revision().await?;
    if let Some(number) = book.newest_crl_number(generation).await? {
        let mut kept = context.last_crl.get(generation, number);
        if kept.is_none() {
            let newest = book.newest_crl(generation).await?;
            kept = newest.map(|crl| context.last_crl.keep(generation, crl));
        }
        if let Some(kept) = kept.filter(|crl| issuer.has_ended(now) || crl.is_current(revision, now)) {
            return Ok(kept);
        }
    }
    if issuer.has_ended(now) {
        return Err(PortalError::NotFound);
    }
    Ok(context.last_crl.keep(generation, publish(context, issuer).await?))
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

async fn publish(context: &Context, issuer: &Generation) -> Result<Crl, PortalError> {
    let generation = issuer.number();
    let transaction = context.store.begin().await?;
    // Held until the commit: what this list does not know of comes after it.
    let revision = transaction.ca_revision_to_publish().await?;
    let newest = transaction.newest_crl(generation).await?;
    let now = context.clock.now();
    if let Some(newest) = newest.clone().filter(|crl| crl.is_current(revision, now)) {
        return Ok(newest);
    }
    let taken = transaction.greatest_crl_number().await?;
    let next = NextCrl::after(newest.map(|crl| crl.this_update), taken, now);
    let entries = entries(&transaction, issuer, &next).await?;
    let count = entries.len();
    let sign =
        move |issuer: &Generation| issuer.crl(next.number, next.this_update, next.next_update, &entries);
    let der = context
        .with_generation(generation, sign)
        .await
        .ok_or(PortalError::NotFound)??;
    let crl = Crl {
        number: next.number,
        revision,
        this_update: next.this_update,
        next_update: next.next_update,
        der,
    };
    transaction.add_crl(generation, &crl).await?;
    transaction.forget_crls_before(generation, crl.number).await?;
    transaction.commit().await?;
    tracing::info!(
        generation,
        number = crl.number,
        entries = count,
        "a CRL was published"
    );
    Ok(crl)
}

async fn entries(
    transaction: &Transaction,
    issuer: &Generation,
    next: &NextCrl,
) -> Result<Vec<(Serial, time::OffsetDateTime, Reason)>, PortalError> {
    let revoked = transaction.revoked(issuer.name(), next.listed_from).await?;
    let mut entries = Vec::with_capacity(revoked.len());
    for (serial, at, reason) in revoked {
        let serial = serial.parse::<Serial>().map_err(|_| StoreError::Damaged {
            table: "ca_certificate",
        })?;
        entries.push((serial, at, Reason::of(reason)));
    }
    Ok(entries)
}
