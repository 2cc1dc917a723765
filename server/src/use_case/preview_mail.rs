//! A mail with sample data, as it would be sent.

use super::{Context, mail::MailError};
use crate::{
    domain::mail::{Kind, Language},
    mail::Preview,
};

pub fn run(context: &Context, kind: Kind, language: Language) -> Result<Preview, MailError> {
    let mailer = context.mail.as_ref().ok_or(MailError::Unavailable)?;
    Ok(mailer.preview(kind, language)?)
}
