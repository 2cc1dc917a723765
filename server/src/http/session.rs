//! Signing in and out.

use axum::{Json, http::StatusCode};
use shared::{
    api::{ChooseLanguage, ConfirmPassword, Me, SignIn},
    problem::{Code, Problem},
    url,
};
use tower_sessions::Session;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, convert,
    extract::{self, Address, BEGAN_AT, Body, Here, SIGNED_IN_AT, SignedIn, USER},
    problem::Refusal,
};
use crate::use_case::{choose_language, confirm_password, sign_in, sign_out};

/// Longer passwords are refused unread: nobody has one, and hashing takes its time.
const MAX_PASSWORD: usize = 1_024;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, sign_in, sign_out))
        .routes(routes!(confirm_password))
        .routes(routes!(choose_language))
}

/// Who is signed in
#[utoipa::path(get, path = url::api::SESSION, tag = "session", operation_id = "show_session",
    responses((status = 200, body = Me), (status = 401, body = Problem, content_type = "application/problem+json")))]
async fn show(signed_in: SignedIn) -> Json<Me> {
    Json(convert::me(&signed_in.user))
}

/// Sign in with user name and password
///
/// Answers with a session cookie. The same answer, after the same time, for an unknown user and a wrong password.
#[utoipa::path(post, path = url::api::SESSION, tag = "session", operation_id = "sign_in", security(()), request_body = SignIn,
    responses((status = 200, body = Me),
        (status = 401, description = "credentials_wrong", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "user_locked", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json",
            headers(("retry-after" = u64, description = "Seconds")))))]
async fn sign_in(
    app: Here,
    Address(address): Address,
    session: Session,
    Body(body): Body<SignIn>,
) -> Result<Json<Me>, Refusal> {
    app.attempts.password(&body.user_name, address)?;
    if body.password.len() > MAX_PASSWORD {
        return Err(Code::CredentialsWrong.into());
    }
    let user = sign_in::run(&app.context, &body.user_name, body.password, body.language).await?;
    let now = extract::millis(app.context.clock.now());
    // A session of before, whoever's it was, ends here; the new one has a new id (`flush` would keep the old id).
    session.clear().await;
    session.cycle_id().await?;
    session.insert(USER, user.id).await?;
    session.insert(BEGAN_AT, now).await?;
    session.insert(SIGNED_IN_AT, now).await?;
    Ok(Json(convert::me(&user)))
}

/// Choose the language of mails
#[utoipa::path(put, path = url::api::SESSION_LANGUAGE, tag = "session", operation_id = "choose_language", request_body = ChooseLanguage,
    responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json")))]
async fn choose_language(
    app: Here,
    signed_in: SignedIn,
    Body(body): Body<ChooseLanguage>,
) -> Result<StatusCode, Refusal> {
    choose_language::run(&app.context, signed_in.user.id, body.language).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out
#[utoipa::path(delete, path = url::api::SESSION, tag = "session", operation_id = "sign_out",
    responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json")))]
async fn sign_out(app: Here, signed_in: SignedIn) -> Result<StatusCode, Refusal> {
    sign_out::run(&app.context, signed_in.user.id).await?;
    signed_in.session.flush().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give the password once more
///
/// For a sign-in that has grown too old to start something with.
#[utoipa::path(post, path = url::api::SESSION_PASSWORD, tag = "session", operation_id = "confirm_password",
    request_body = ConfirmPassword,
    responses((status = 204),
        (status = 401, description = "credentials_wrong, not_signed_in", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_attempts", body = Problem, content_type = "application/problem+json")))]
async fn confirm_password(
    app: Here,
    Address(address): Address,
    signed_in: SignedIn,
    Body(body): Body<ConfirmPassword>,
) -> Result<StatusCode, Refusal> {
    app.attempts.password(&signed_in.user.user_name, address)?;
    if body.password.len() > MAX_PASSWORD {
        return Err(Code::CredentialsWrong.into());
    }
    confirm_password::run(&app.context, signed_in.user.id, body.password).await?;
    signed_in.session.cycle_id().await?;
    signed_in
        .session
        .insert(SIGNED_IN_AT, extract::millis(app.context.clock.now()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
