//! Mails in the outbox, newest first, page by page.

use uuid::Uuid;

use super::{Context, mail::Listed};
use crate::{domain::mail::State, store::Result};

/// `before`: the last one of the page before.
pub async fn run(
    context: &Context,
    state: Option<State>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Listed>> {
    let book = context.store.read();
    let mails = book.mails(state, before, limit).await?;
    let ids = mails.iter().map(|mail| mail.id);
    let with_words = book.mails_with_words(ids).await?;
    let now = context.clock.now();
    let listed = |mail| Listed::new(mail, &with_words, now);
    Ok(mails.into_iter().map(listed).collect())
}
