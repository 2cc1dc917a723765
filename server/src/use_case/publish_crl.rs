//! The certificate revocation list that each certificate names: the newest one, or, where something has changed or its
//! life is half over, the next one, signed and kept. Called when it is asked for, and by the background worker.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Context, PortalError};
use crate::{
    ca::{Authority, Reason, Serial},
    domain::revocation::{Crl, NextCrl},
    store::{StoreError, Transaction},
};

/// The list that was given last, so that a large one is not read anew for each who asks.
#[derive(Debug, Clone, Default)]
pub struct LastCrl(Arc<Mutex<Option<Arc<Crl>>>>);

impl LastCrl {
    fn get(&self, number: u64) -> Option<Arc<Crl>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone().filter(|crl| crl.number == number)
    }

    fn keep(&self, crl: Crl) -> Arc<Crl> {
        let crl = Arc::new(crl);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(crl.clone());
        crl
    }
}

pub async fn run(context: &Context) -> Result<Arc<Crl>, PortalError> {
    let now = context.clock.now();
    let book = context.store.read();
    let revision = book.ca_revision().await?;
    if let Some(number) = book.newest_crl_number().await? {
        let kept = match context.last_crl.get(number) {
            Some(kept) => Some(kept),
            None => book.newest_crl().await?.map(|crl| context.last_crl.keep(crl)),
        };
        if let Some(kept) = kept.filter(|crl| crl.is_current(revision, now)) {
            return Ok(kept);
        }
    }
    Ok(context.last_crl.keep(publish(context).await?))
}

async fn publish(context: &Context) -> Result<Crl, PortalError> {
    let transaction = context.store.begin().await?;
    // Held until the commit: what this list does not know of comes after it.
    let revision = transaction.ca_revision_to_publish().await?;
    let newest = transaction.newest_crl().await?;
    let now = context.clock.now();
    if let Some(newest) = newest.clone().filter(|crl| crl.is_current(revision, now)) {
        return Ok(newest);
    }
    let next = NextCrl::after(newest.map(|crl| (crl.number, crl.this_update)), now);
    let entries = entries(&transaction, &next).await?;
    let count = entries.len();
    let signed = move |ca: &Authority| ca.crl(next.number, next.this_update, next.next_update, &entries);
    let der = context.with_ca(signed).await?;
    let crl = Crl {
        number: next.number,
        revision,
        this_update: next.this_update,
        next_update: next.next_update,
        der,
    };
    transaction.add_crl(&crl).await?;
    transaction.forget_crls_before(crl.number).await?;
    transaction.commit().await?;
    tracing::info!(number = crl.number, entries = count, "a CRL was published");
    Ok(crl)
}

async fn entries(
    transaction: &Transaction,
    next: &NextCrl,
) -> Result<Vec<(Serial, time::OffsetDateTime, Reason)>, PortalError> {
    let revoked = transaction.revoked(next.listed_from).await?;
    let mut entries = Vec::with_capacity(revoked.len());
    for (serial, at, reason) in revoked {
        let serial = serial.parse::<Serial>().map_err(|_| StoreError::Damaged {
            table: "ca_certificate",
        })?;
        entries.push((serial, at, Reason::of(reason)));
    }
    Ok(entries)
}
