//! A new user, from the command line or the demo's set-up.

use std::collections::BTreeMap;

use shared::api::{Actor, Event, Language, Role, UserState};

use super::Context;
use crate::{
    chance,
    domain::{
        audit::Record,
        user::{InvalidUser, User, canonical_user_name, check_attribute, check_new_user},
    },
    password::PasswordError,
    store::StoreError,
};

#[derive(Debug, Clone)]
pub struct NewUser {
    pub user_name: String,
    pub display_name: String,
    pub email: Option<String>,
    pub state: UserState,
    pub roles: Vec<Role>,
    /// Keys of `domain::user::ATTRIBUTES`.
    pub attributes: BTreeMap<String, String>,
    pub language: Option<Language>,
    pub password: String,
}

#[derive(Debug, thiserror::Error)]
pub enum AddUserError {
    #[error(transparent)]
    Invalid(#[from] InvalidUser),
    #[error("there is a user with this name already")]
    NameTaken,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AddUserError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate(_) => Self::NameTaken,
            error => Self::Store(error),
        }
    }
}

pub async fn run(context: &Context, new: NewUser) -> Result<User, AddUserError> {
    let user_name = canonical_user_name(&new.user_name);
    check_new_user(&user_name, &new.display_name, new.email.as_deref(), &new.password)?;
    for (name, value) in &new.attributes {
        check_attribute(name, value)?;
    }
    let user = User {
        id: chance::id(),
        user_name,
        display_name: new.display_name.trim().to_owned(),
        email: new.email,
        state: new.state,
        roles: new.roles,
        attributes: new.attributes,
        language: new.language,
        password_hash: context.passwords.hash(new.password).await?,
    };
    let now = context.clock.now();
    let transaction = context.store.begin().await?;
    transaction.add_user(&user, now).await?;
    transaction.append_audit(&Record::new(now, Event::UserAdded, Actor::Administrator).user(user.id));
    transaction.commit().await?;
    Ok(user)
}
