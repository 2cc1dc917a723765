//! Somebody who is signed in asked for what their role or state does not allow: the audit log has it.

use shared::api::{Actor, Event};
use uuid::Uuid;

use super::Context;
use crate::{domain::audit::Record, store::Result};

/// `asked_for`: what, and why not.
pub async fn run(context: &Context, user: Uuid, asked_for: &str) -> Result<()> {
    let record = Record::new(context.clock.now(), Event::AccessRefused, Actor::User)
        .user(user)
        .detail(asked_for);
    let transaction = context.store.begin().await?;
    transaction.append_audit(&record);
    transaction.commit().await
}
