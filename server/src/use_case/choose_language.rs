//! The language of mails to a user, as they choose it for the pages.

use shared::api::Language;
use uuid::Uuid;

use super::Context;
use crate::store::Result;

pub async fn run(context: &Context, user: Uuid, language: Language) -> Result<()> {
    context.store.read().set_user_language(user, language).await
}
