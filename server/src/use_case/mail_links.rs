//! What the use cases of links in mails share: how a link is found, and what is shown of it.

use shared::api::MailLinkStanding;

use super::{Context, DeviceError};
use crate::{
    domain::{
        mail_link::MailLink,
        mobile_id::MobileId,
        secret::{Hash, token_hash},
        user::User,
    },
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum MailLinkError {
    #[error("no link in a mail has this secret")]
    Unknown,
    /// The process behind it cannot be taken up.
    #[error(transparent)]
    Process(#[from] DeviceError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A link as its page shows it.
#[derive(Debug)]
pub struct MailLinkSeen {
    pub link: MailLink,
    pub standing: MailLinkStanding,
    pub user: User,
    /// The one that it locks.
    pub mobile_id: Option<MobileId>,
}

/// `token` as the page has it from the address.
pub async fn find(context: &Context, token: &str) -> Result<(Hash, MailLink), MailLinkError> {
    let hash = token_hash(token).ok_or(MailLinkError::Unknown)?;
    let found = context.store.read().mail_link(hash, context.clock.now()).await?;
    Ok((hash, found.ok_or(MailLinkError::Unknown)?))
}

/// As it stands now.
pub async fn see(context: &Context, hash: Hash) -> Result<MailLinkSeen, MailLinkError> {
    let now = context.clock.now();
    let book = context.store.read();
    let link = book.mail_link(hash, now).await?.ok_or(MailLinkError::Unknown)?;
    let damaged = || StoreError::Damaged { table: "mail_link" };
    let user = book.user(link.user).await?.ok_or_else(damaged)?;
    let process = book.process(link.process).await?.ok_or_else(damaged)?;
    let mobile_id = match link.mobile_id {
        Some(id) => book.mobile_id(id).await?,
        None => None,
    };
    Ok(MailLinkSeen {
        standing: link.standing(&process, mobile_id.as_ref(), now),
        link,
        user,
        mobile_id,
    })
}
