//! A test mail, so that somebody sees whether mail arrives.

use std::collections::BTreeSet;

use shared::url::page;

use super::{
    Context,
    mail::{Listed, MailError},
};
use crate::{
    domain::mail::{Concerns, Language},
    mail::{Content, Letter, Test},
};

/// To whom.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub name: String,
    pub address: String,
    pub language: Language,
    pub concerns: Concerns,
}

/// Written and rung for; what becomes of it stands in the outbox.
pub async fn run(context: &Context, to: Recipient) -> Result<Listed, MailError> {
    let mailer = context.mail.as_ref().ok_or(MailError::Unavailable)?;
    let now = context.clock.now();
    let letter = Letter {
        to_name: to.name,
        to_address: to.address,
        language: to.language,
        content: Content::Test(Test {
            at: now,
            portal: page::absolute(mailer.public_url(), page::DASHBOARD),
        }),
        concerns: to.concerns,
        useless_after: None,
    };
    let written = mailer.write(&letter, now)?;
    let transaction = context.store.begin().await?;
    transaction.add_mail(&written).await?;
    transaction.commit().await?;
    mailer.ring();
    let with_words = BTreeSet::from([written.mail.id]);
    Ok(Listed::new(written.mail, &with_words, now))
}
