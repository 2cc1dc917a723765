//! A version of a script: the one in force, or any other.

use shared::api::ScriptName;

use super::Context;
use crate::{
    domain::script::Version,
    store::{Result, StoreError},
};

#[derive(Debug)]
pub struct Shown {
    pub version: Version,
    pub text: String,
    /// The number of the version in force.
    pub in_force: u32,
}

/// `number`: `None` for the one in force. `None` where there is no such version.
pub async fn run(context: &Context, name: ScriptName, number: Option<u32>) -> Result<Option<Shown>> {
    let book = context.store.read();
    let in_force = book.newest_script(name).await?.unwrap_or(0);
    let number = number.unwrap_or(in_force);
    let Some(version) = book.script_version(name, number).await? else {
        return Ok(None);
    };
    let text = book.script_text(name, number).await?;
    Ok(Some(Shown {
        version,
        text: text.ok_or(StoreError::Damaged {
            table: "script_version",
        })?,
        in_force,
    }))
}
