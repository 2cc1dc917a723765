//! The certificate revocation list of one generation when it is asked for, and of all that live by the background
//! worker, and anew after a restore.

use std::sync::Arc;

use super::{Context, PortalError, lists};
use crate::domain::revocation::Crl;

/// `NotFound` where this server knows no such generation, or it ended without a list.
pub async fn run(context: &Context, generation: u32) -> Result<Arc<Crl>, PortalError> {
    lists::newest(context, generation).await
}

/// The list of each generation that can still issue one. What fails for one keeps no other back.
pub async fn all(context: &Context) -> Result<(), PortalError> {
    lists::all(context).await
}

/// The same, whatever is kept: the world may have seen later lists than those of the back-up.
pub async fn anew(context: &Context) -> Result<(), PortalError> {
    let transaction = context.store.begin().await?;
    transaction.raise_ca_revision().await?;
    transaction.commit().await?;
    lists::all(context).await
}
