//! Sign out: the audit record; the session itself ends in `http`.

use shared::api::{Actor, Event};
use uuid::Uuid;

use super::Context;
use crate::{domain::audit::Record, store::Result};

pub async fn run(context: &Context, user: Uuid) -> Result<()> {
    let record = Record::new(context.clock.now(), Event::SignedOut, Actor::User).user(user);
    let transaction = context.store.begin().await?;
    transaction.append_audit(&record);
    transaction.commit().await
}
