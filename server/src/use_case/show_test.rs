//! The newest test of one's own mobile ID; none where it was never tested.

use uuid::Uuid;

use super::{Context, TestAsker, TestError, tested};
use crate::domain::mobile_id_test::Test;

pub async fn run(context: &Context, user: Uuid, mobile_id: Uuid) -> Result<Option<Test>, TestError> {
    let mobile_id = tested::find(context, TestAsker::User { user, mobile_id }).await?;
    Ok(context.store.read().newest_test(mobile_id.id).await?)
}
