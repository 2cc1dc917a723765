//! The administrator's scripts: the version in force, what a text would do, saving it, its versions.

use shared::api::{
    CheckScript, DiffLine, DiffScript, SaveScript, Script, ScriptCheck, ScriptName, ScriptVersion,
    UserSummary,
};
use shared::url::admin;
use uuid::Uuid;

use super::Failure;

pub async fn in_force(name: ScriptName) -> Result<Script, Failure> {
    super::get(&admin::script(name), None).await
}

/// Newest first.
pub async fn versions(name: ScriptName) -> Result<Vec<ScriptVersion>, Failure> {
    super::get(&admin::versions(name), None).await
}

pub async fn version(name: ScriptName, number: u32) -> Result<Script, Failure> {
    super::get(&admin::version(name, number), None).await
}

/// Where the browser gets the text as a file.
pub fn file(name: ScriptName, number: u32) -> String {
    admin::version_file(name, number)
}

pub async fn check(name: ScriptName, text: String, user: Option<Uuid>) -> Result<ScriptCheck, Failure> {
    super::post(&admin::script_check(name), None, &CheckScript { text, user }).await
}

/// What a text changes in a version.
pub async fn diff(name: ScriptName, from: u32, text: String) -> Result<Vec<DiffLine>, Failure> {
    let text = Some(text);
    super::post(
        &admin::script_diff(name),
        None,
        &DiffScript { from, text, to: None },
    )
    .await
}

/// What one version changes in another.
pub async fn compare(name: ScriptName, from: u32, to: u32) -> Result<Vec<DiffLine>, Failure> {
    let to = Some(to);
    super::post(
        &admin::script_diff(name),
        None,
        &DiffScript { from, text: None, to },
    )
    .await
}

pub async fn save(
    name: ScriptName,
    text: String,
    comment: String,
    base: u32,
) -> Result<ScriptVersion, Failure> {
    super::post(&admin::script(name), None, &SaveScript { text, comment, base }).await
}

/// Users whose name or address holds the text; twenty at most.
pub async fn users(search: &str) -> Result<Vec<UserSummary>, Failure> {
    let search = String::from(js_sys::encode_uri_component(search));
    super::get(&format!("{}?search={search}", admin::USERS), None).await
}
