//! Compares the CA's book of certificates with the identity manager's, all of them, in pages, and puts right what is
//! safe. Called by the command line, and every night by the background worker.

use shared::api::{Actor, CertificateState, Event};

use super::Context;
use crate::{
    domain::{
        audit::Record,
        books::{Difference, Entry, compare, word},
        mobile_id::RevocationReason,
    },
    store::Result,
};

const PAGE: u64 = 500;
/// More are counted and not told one by one: then something larger is wrong.
const MOST_TOLD: usize = 1_000;

#[derive(Debug, Default)]
pub struct Report {
    pub checked: u64,
    pub different: u64,
    pub repaired: u64,
    /// The first of them, and whether each was put right.
    pub differences: Vec<(Difference, bool)>,
}

pub async fn run(context: &Context, repair: bool) -> Result<Report> {
    let mut report = Report::default();
    let book = context.store.read();
    let mut after = String::new();
    loop {
        let page = book.books_after(&after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.serial);
        report.checked += page.len() as u64;
        hear(context, &mut report, &page, repair).await?;
    }
    after.clear();
    loop {
        let page = book.unknown_to_ca_after(&after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.serial);
        report.checked += page.len() as u64;
        hear(context, &mut report, &page, repair).await?;
    }
    Ok(report)
}

async fn hear(context: &Context, report: &mut Report, page: &[Entry], repair: bool) -> Result<()> {
    for difference in page.iter().filter_map(compare) {
        let repaired = repair && put_right(context, &difference).await?;
        report.different += 1;
        report.repaired += u64::from(repaired);
        if report.differences.len() < MOST_TOLD {
            report.differences.push((difference, repaired));
        }
    }
    Ok(())
}

/// Looks once more, in the transaction: what was under way when the page was read may be over.
async fn put_right(context: &Context, found: &Difference) -> Result<bool> {
    let transaction = context.store.begin().await?;
    // Whoever locks or resumes it at this moment is waited for.
    if let Some((id, _)) = found.entry.mobile_id {
        transaction.mobile_id_to_change(id).await?;
    }
    let entry = transaction.books_of(&found.entry.serial).await?;
    let Some(Difference {
        entry,
        repair: Some(state),
    }) = entry.as_ref().and_then(compare)
    else {
        return Ok(false);
    };
    let now = context.clock.now();
    let reason = match state {
        CertificateState::OnHold => RevocationReason::CertificateHold,
        _ => RevocationReason::CessationOfOperation,
    };
    transaction.put_right(&entry.serial, state, reason, now).await?;
    let record = Record::new(now, Event::BooksRepaired, Actor::System)
        .mobile_id(entry.mobile_id.map(|(id, _)| id))
        .detail(format!("{found}; now {}", word(state)));
    transaction.append_audit(&record);
    transaction.commit().await?;
    Ok(true)
}
