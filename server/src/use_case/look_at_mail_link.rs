//! What a link in a mail would do, without doing it: mail scanners and the careful may look.

use super::{Context, MailLinkError, MailLinkSeen, mail_links};

pub async fn run(context: &Context, token: &str) -> Result<MailLinkSeen, MailLinkError> {
    let (hash, _) = mail_links::find(context, token).await?;
    mail_links::see(context, hash).await
}
