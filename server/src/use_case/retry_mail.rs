//! Tries a waiting or failed mail again, at once.

use uuid::Uuid;

use super::{
    Context,
    mail::{Listed, MailError},
};
use crate::domain::mail::State;

/// A mail that is in a server's hands at this moment is left there.
pub async fn run(context: &Context, id: Uuid) -> Result<Listed, MailError> {
    let mailer = context.mail.as_ref().ok_or(MailError::Unavailable)?;
    let now = context.clock.now();
    let transaction = context.store.begin().await?;
    let mail = transaction.mail(id).await?.ok_or(MailError::NotFound)?;
    if mail.state != State::Sending && !transaction.retry_mail(id, now, mailer.give_up_at(now)).await? {
        return Err(MailError::Gone);
    }
    let mail = transaction.mail(id).await?.ok_or(MailError::NotFound)?;
    let with_words = transaction.mails_with_words([id]).await?;
    transaction.commit().await?;
    mailer.ring();
    Ok(Listed::new(mail, &with_words, now))
}
