//! How two versions differ, or a version and a text that is not kept.

use shared::api::{DiffLine, ScriptName};

use super::Context;
use crate::{domain::script, store::Result};

/// What a version is compared with.
#[derive(Debug, Clone, Copy)]
pub enum With<'a> {
    Version(u32),
    Text(&'a str),
}

/// `None` where there is no such version.
pub async fn run(
    context: &Context,
    name: ScriptName,
    from: u32,
    with: With<'_>,
) -> Result<Option<Vec<DiffLine>>> {
    let book = context.store.read();
    let old = book.script_text(name, from).await?;
    let new = match with {
        With::Version(to) => book.script_text(name, to).await?,
        With::Text(text) => Some(script::normal(text)),
    };
    Ok(old.zip(new).map(|(old, new)| script::diff(&old, &new)))
}
