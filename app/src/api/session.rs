//! Sign in, sign out, who is signed in.

use shared::api::{ChooseLanguage, ConfirmPassword, Language, Me, SignIn};
use shared::url::api;

use super::Failure;

pub async fn who() -> Result<Me, Failure> {
    super::get(api::SESSION, None).await
}

/// `language`: of the page.
pub async fn sign_in(user_name: String, password: String, language: Language) -> Result<Me, Failure> {
    super::post(
        api::SESSION,
        None,
        &SignIn {
            user_name,
            password,
            language: Some(language),
        },
    )
    .await
}

pub async fn sign_out() -> Result<(), Failure> {
    super::delete(api::SESSION).await
}

/// The language of mails to the signed-in user.
pub async fn choose_language(language: Language) -> Result<(), Failure> {
    super::put(api::SESSION_LANGUAGE, &ChooseLanguage { language }).await
}

/// The password once more, for a sign-in that has grown old.
pub async fn confirm_password(password: String) -> Result<(), Failure> {
    super::post::<serde::de::IgnoredAny>(api::SESSION_PASSWORD, None, &ConfirmPassword { password })
        .await
        .map(drop)
}
