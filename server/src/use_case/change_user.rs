//! An administrator changes what is known of a user: name, address, roles, attributes, language.

use shared::api::{Actor, Event, Language, Role};

use super::Context;
use crate::{
    domain::{
        audit::Record,
        user::{InvalidUser, User, canonical_user_name, check_attribute, check_display_name, check_email},
    },
    store::StoreError,
};

/// What is to be another than it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub display_name: Option<String>,
    /// Empty: none.
    pub email: Option<String>,
    /// All that the user shall have.
    pub roles: Option<Vec<Role>>,
    /// Empty value: unset.
    pub attributes: Vec<(String, String)>,
    /// Of mails.
    pub language: Option<Language>,
}

#[derive(Debug, thiserror::Error)]
pub enum ChangeUserError {
    #[error("there is no user with this name")]
    NoSuchUser,
    #[error(transparent)]
    Invalid(#[from] InvalidUser),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub async fn run(context: &Context, user_name: &str, change: Change) -> Result<User, ChangeUserError> {
    let transaction = context.store.begin().await?;
    let found = transaction.user_named(&canonical_user_name(user_name)).await?;
    let mut user = found.ok_or(ChangeUserError::NoSuchUser)?;
    let changed = apply(&mut user, change)?;
    transaction.save_user(&user).await?;
    let record = Record::new(context.clock.now(), Event::UserChanged, Actor::Administrator).user(user.id);
    transaction.append_audit(&record.detail(changed.join(", ")));
    transaction.commit().await?;
    Ok(user)
}

/// The names of what was changed. The values stay out of the log, which nobody may erase.
fn apply(user: &mut User, change: Change) -> Result<Vec<String>, InvalidUser> {
    let mut changed = Vec::new();
    if let Some(name) = change.display_name {
        check_display_name(&name)?;
        name.trim().clone_into(&mut user.display_name);
        changed.push("display_name".to_owned());
    }
    if let Some(email) = change.email {
        let email = Some(email).filter(|email| !email.is_empty());
        check_email(email.as_deref())?;
        user.email = email;
        changed.push("email".to_owned());
    }
    if let Some(roles) = change.roles {
        changed.push(format!("roles {roles:?}"));
        user.roles = roles;
    }
    if let Some(language) = change.language {
        user.language = Some(language);
        changed.push("language".to_owned());
    }
    for (name, value) in change.attributes {
        check_attribute(&name, &value)?;
        changed.push(name.clone());
        let value = value.trim();
        if value.is_empty() {
            user.attributes.remove(&name);
        } else {
            user.attributes.insert(name, value.to_owned());
        }
    }
    Ok(changed)
}
