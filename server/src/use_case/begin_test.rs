//! Begins "Test it now", from the portal or on the phone. Where a test waits already, that is the test.

use super::{Context, TestAsker, TestError, tested};
use crate::{
    chance,
    domain::mobile_id_test::{Test, check_testable},
};

pub async fn run(context: &Context, asker: TestAsker) -> Result<Test, TestError> {
    let mobile_id = tested::find(context, asker).await?;
    let now = context.clock.now();
    check_testable(mobile_id.state_at(now))?;
    let transaction = context.store.begin().await?;
    let newest = transaction.newest_test_to_change(mobile_id.id).await?;
    if let Some(waiting) = newest.filter(|test| test.is_waiting(now)) {
        return Ok(waiting);
    }
    let test = Test::new(chance::id(), mobile_id.id, chance::octets()?, now);
    transaction.save_test(&test).await?;
    transaction.commit().await?;
    context.changes.ring(mobile_id.process);
    Ok(test)
}
