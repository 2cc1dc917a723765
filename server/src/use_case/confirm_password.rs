//! The password once more, for a sign-in that has grown old.

use shared::api::{Actor, Event};
use uuid::Uuid;

use super::{Context, PortalError};
use crate::domain::audit::Record;

pub async fn run(context: &Context, user: Uuid, password: String) -> Result<(), PortalError> {
    let found = context
        .store
        .read()
        .user(user)
        .await?
        .ok_or(PortalError::NotFound)?;
    let fits = context
        .passwords
        .verify(password, Some(found.password_hash))
        .await?;
    let event = if fits {
        Event::SignedIn
    } else {
        Event::SignInRefused
    };
    let record = Record::new(context.clock.now(), event, Actor::User)
        .user(user)
        .detail("the password once more");
    let transaction = context.store.begin().await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    if fits {
        Ok(())
    } else {
        Err(PortalError::PasswordWrong)
    }
}
