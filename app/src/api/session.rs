//! Sign in, sign out, who is signed in.

use shared::api::{ConfirmPassword, Me, SignIn};
use shared::url::api;

use super::Failure;

pub async fn who() -> Result<Me, Failure> {
    super::get(api::SESSION, None).await
}

pub async fn sign_in(user_name: String, password: String) -> Result<Me, Failure> {
    super::post(
        api::SESSION,
        None,
        &SignIn {
            user_name,
            password,
            language: None,
        },
    )
    .await
}

pub async fn sign_out() -> Result<(), Failure> {
    super::delete(api::SESSION).await
}

/// The password once more, for a sign-in that has grown old.
pub async fn confirm_password(password: String) -> Result<(), Failure> {
    super::post::<serde::de::IgnoredAny>(api::SESSION_PASSWORD, None, &ConfirmPassword { password })
        .await
        .map(drop)
}
