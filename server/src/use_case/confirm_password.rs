//! The password once more, for a sign-in that has grown old.

use uuid::Uuid;

use super::{Context, PortalError};

pub async fn run(context: &Context, user: Uuid, password: String) -> Result<(), PortalError> {
    let found = context
        .store
        .read()
        .user(user)
        .await?
        .ok_or(PortalError::NotFound)?;
    if context
        .passwords
        .verify(password, Some(found.password_hash))
        .await?
    {
        Ok(())
    } else {
        Err(PortalError::PasswordWrong)
    }
}
