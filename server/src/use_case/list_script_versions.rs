//! Every version of a script, newest first.

use shared::api::ScriptName;

use super::Context;
use crate::{domain::script::Version, store::Result};

pub async fn run(context: &Context, name: ScriptName) -> Result<Vec<Version>> {
    context.store.read().script_versions(name).await
}
