//! One certificate of the signed-in user, for download.

use uuid::Uuid;

use super::{Context, PortalError};
use crate::domain::mobile_id::Certificate;

/// `serial` in upper-case hex.
pub async fn run(context: &Context, user: Uuid, serial: &str) -> Result<Certificate, PortalError> {
    let book = context.store.read();
    let certificate = book.certificate(serial).await?.ok_or(PortalError::NotFound)?;
    let owner = book.mobile_id(certificate.mobile_id).await?;
    if owner.is_some_and(|mobile_id| mobile_id.user == user) {
        Ok(certificate)
    } else {
        Err(PortalError::NotFound)
    }
}
