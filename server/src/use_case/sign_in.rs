//! User name and password. The same answer, after the same work, for an unknown user and for a wrong password.

use shared::api::{Actor, Event, Language, UserState};

use super::Context;
use crate::{
    domain::{
        audit::Record,
        user::{User, canonical_user_name},
    },
    password::PasswordError,
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("user name or password is wrong")]
    Wrong,
    /// Said only to somebody who knows the password.
    #[error("the user is locked")]
    Locked,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `language`: of the page; mails are written in it from then on.
pub async fn run(
    context: &Context,
    user_name: &str,
    password: String,
    language: Option<Language>,
) -> Result<User, SignInError> {
    let found = context
        .store
        .read()
        .user_named(&canonical_user_name(user_name))
        .await?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let fits = context.passwords.verify(password, hash).await?;
    let now = context.clock.now();
    let (event, outcome) = match found {
        Some(user) if fits && user.state == UserState::Locked => {
            (Event::SignInRefused, Err((Some(user.id), SignInError::Locked)))
        }
        Some(user) if fits => {
            let language = language.or(user.language);
            (Event::SignedIn, Ok(User { language, ..user }))
        }
        other => (
            Event::SignInRefused,
            Err((other.map(|user| user.id), SignInError::Wrong)),
        ),
    };
    let mut record = Record::new(now, event, Actor::User);
    record.user = match &outcome {
        Ok(user) => Some(user.id),
        Err((user, _)) => *user,
    };
    let transaction = context.store.begin().await?;
    if let (Ok(user), Some(language)) = (&outcome, language) {
        transaction.set_user_language(user.id, language).await?;
    }
    transaction.append_audit(&record);
    transaction.commit().await?;
    outcome.map_err(|(_, error)| error)
}
