//! Users by a part of their name or address, for whom an administrator looks.

use super::Context;
use crate::{domain::user::User, store::Result};

const LIMIT: u64 = 20;

/// In order of user name, twenty at most.
pub async fn run(context: &Context, text: &str) -> Result<Vec<User>> {
    context.store.read().find_users(text, LIMIT).await
}
