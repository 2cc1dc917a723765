//! The administrator's scripts, as the console drives them.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use shared::{
    api::{
        CheckScript, DiffLine, DiffScript, SaveScript, Script, ScriptCheck, ScriptName, ScriptVersion,
        UserSummary,
    },
    problem::{Code, Problem},
    url::admin,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, convert,
    extract::{Administrator, At, Body, Here},
    problem::Refusal,
};
use crate::use_case::{
    check_script,
    diff_script::{self, With},
    find_users, list_script_versions,
    save_script::{self, Author},
    show_script,
};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(users))
        .routes(routes!(show, save))
        .routes(routes!(check))
        .routes(routes!(diff))
        .routes(routes!(versions))
        .routes(routes!(version))
        .routes(routes!(file))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    #[serde(default)]
    search: String,
}

/// Users by a part of their name, twenty at most
#[utoipa::path(get, path = admin::USERS, tag = "options", operation_id = "find_users", 
    params(("search" = Option<String>, Query, description = "A part of the user name, the display name or the e-mail address")),
    responses((status = 200, body = Vec<UserSummary>),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json")))]
async fn users(
    app: Here,
    _: Administrator,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<Vec<UserSummary>>, Refusal> {
    let Query(Search { search }) = search.map_err(|_| Code::MalformedRequest)?;
    let found = find_users::run(&app.context, &search).await?;
    Ok(Json(found.iter().map(convert::user_summary).collect()))
}

/// The version in force
#[utoipa::path(get, path = admin::SCRIPT, tag = "options", operation_id = "show_script", params(("script" = ScriptName, Path)),
    responses((status = 200, body = Script),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(app: Here, _: Administrator, At(name): At<ScriptName>) -> Result<Json<Script>, Refusal> {
    let shown = show_script::run(&app.context, name, None).await?;
    Ok(Json(convert::script(shown.ok_or(Code::NotFound)?)))
}

/// Save a new version
///
/// It is in force from then on; processes that have begun keep the one they began with. Nothing is saved where
/// another version than `base` is in force by now (`script_changed`), or where the text has faults
/// (`script_faulty`; the check says which). A text that is in force already is not saved again.
#[utoipa::path(post, path = admin::SCRIPT, tag = "options", operation_id = "save_script", params(("script" = ScriptName, Path)),
    request_body = SaveScript,
    responses((status = 200, body = ScriptVersion),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "script_changed", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "script_faulty, comment_missing", body = Problem, content_type = "application/problem+json")))]
async fn save(
    app: Here,
    Administrator(signed_in): Administrator,
    At(name): At<ScriptName>,
    Body(body): Body<SaveScript>,
) -> Result<Json<ScriptVersion>, Refusal> {
    let author = Author {
        name: &signed_in.user.user_name,
        user: &signed_in.user,
    };
    let SaveScript { text, comment, base } = body;
    let saved = save_script::run(&app.context, name, &text, &comment, Some(base), author).await?;
    Ok(Json(convert::script_version(saved)))
}

/// What a text would do, without keeping it
#[utoipa::path(post, path = admin::SCRIPT_CHECK, tag = "options", operation_id = "check_script", params(("script" = ScriptName, Path)),
    request_body = CheckScript,
    responses((status = 200, body = ScriptCheck),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn check(
    app: Here,
    Administrator(signed_in): Administrator,
    At(name): At<ScriptName>,
    Body(body): Body<CheckScript>,
) -> Result<Json<ScriptCheck>, Refusal> {
    let checked = check_script::run(&app.context, name, &body.text, body.user, &signed_in.user).await?;
    Ok(Json(convert::script_check(checked)))
}

/// How a text, or a version, differs from a version
#[utoipa::path(post, path = admin::SCRIPT_DIFF, tag = "options", operation_id = "diff_script", params(("script" = ScriptName, Path)),
    request_body = DiffScript,
    responses((status = 200, body = Vec<DiffLine>),
        (status = 400, description = "text and to, or neither", body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn diff(
    app: Here,
    _: Administrator,
    At(name): At<ScriptName>,
    Body(body): Body<DiffScript>,
) -> Result<Json<Vec<DiffLine>>, Refusal> {
    let with = match (&body.text, body.to) {
        (Some(text), None) => With::Text(text),
        (None, Some(to)) => With::Version(to),
        _ => return Err(Refusal::from(Code::MalformedRequest).detail("either text or to")),
    };
    let lines = diff_script::run(&app.context, name, body.from, with).await?;
    Ok(Json(lines.ok_or(Code::NotFound)?))
}

/// Every version, newest first
#[utoipa::path(get, path = admin::VERSIONS, tag = "options", operation_id = "list_script_versions", params(("script" = ScriptName, Path)),
    responses((status = 200, body = Vec<ScriptVersion>),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn versions(
    app: Here,
    _: Administrator,
    At(name): At<ScriptName>,
) -> Result<Json<Vec<ScriptVersion>>, Refusal> {
    let versions = list_script_versions::run(&app.context, name).await?;
    Ok(Json(versions.into_iter().map(convert::script_version).collect()))
}

/// One version, with its text
#[utoipa::path(get, path = admin::VERSION, tag = "options", operation_id = "show_script_version",
    params(("script" = ScriptName, Path), ("number" = u32, Path)),
    responses((status = 200, body = Script),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn version(
    app: Here,
    _: Administrator,
    At((name, number)): At<(ScriptName, u32)>,
) -> Result<Json<Script>, Refusal> {
    let shown = show_script::run(&app.context, name, Some(number)).await?;
    Ok(Json(convert::script(shown.ok_or(Code::NotFound)?)))
}

/// One version's text, as a file to keep
#[utoipa::path(get, path = admin::VERSION_FILE, tag = "options", operation_id = "download_script_version",
    params(("script" = ScriptName, Path), ("number" = u32, Path)),
    responses((status = 200, content_type = "text/plain", body = String),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "role_needed, user_not_active", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn file(
    app: Here,
    _: Administrator,
    At((name, number)): At<(ScriptName, u32)>,
) -> Result<Response, Refusal> {
    let shown = show_script::run(&app.context, name, Some(number)).await?;
    let text = shown.ok_or(Code::NotFound)?.text;
    let disposition = format!("attachment; filename=\"{}-{number}.rhai\"", name.as_str());
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}
