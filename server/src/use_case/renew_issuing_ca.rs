//! The issuing CA's next generation, for certificates from then on. What is about to be signed is written down first.

use shared::api::{Actor, Event};
use time::OffsetDateTime;

use crate::{
    ca::{OpenError, Renewal},
    domain::audit::Record,
    store::{Store, StoreError},
};

#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    #[error("nothing was renewed")]
    Store(#[from] StoreError),
    #[error("the next generation of the issuing CA could not be certified")]
    Certify(#[from] OpenError),
}

/// Gives the generation's number.
pub async fn run(store: &Store, renewal: Renewal, now: OffsetDateTime) -> Result<u32, RenewError> {
    let generation = renewal.generation();
    let detail = format!("generation {generation}, certificate {}", renewal.serial());
    let record = Record::new(now, Event::IssuingCaRenewed, Actor::Administrator).detail(detail);
    let transaction = store.begin().await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    renewal.finish()?;
    Ok(generation)
}
