//! The mail path as an administrator sees it: where mail goes, what waits, and which templates are broken.

use super::Context;
use crate::{
    domain::mail::Counts,
    mail::{Fault, Mailer},
    store::Result,
};

#[derive(Debug)]
pub struct MailPath {
    /// `None`: no mail is sent.
    pub route: Option<String>,
    pub from: Option<String>,
    pub counts: Counts,
    pub template_faults: Vec<Fault>,
}

pub async fn run(context: &Context) -> Result<MailPath> {
    let mailer = context.mail.as_deref();
    Ok(MailPath {
        route: mailer.map(|mailer| mailer.route().to_owned()),
        from: mailer.map(Mailer::from),
        counts: context.store.read().mail_counts().await?,
        template_faults: mailer.map_or_else(Vec::new, |mailer| mailer.templates().faults()),
    })
}
