//! The outbox as a whole: counted for those who watch it, and cleared of what nobody needs any more.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result,
    column::{from_word, millis, time, word},
    entity::{
        mail::{Column, Entity},
        mail_payload,
    },
    mail::{TABLE, is},
};
use crate::domain::mail::{Counts, KEPT_FOR_RETRY, State};

impl Book {
    /// Erases the words of failed mails that nobody will try again, `limit` at most.
    pub async fn forget_failed_mails(&self, now: OffsetDateTime, limit: u64) -> Result<()> {
        let old = Column::GiveUpAt.lte(millis(now - KEPT_FOR_RETRY));
        let failed = Entity::find()
            .select_only()
            .column(Column::Id)
            .inner_join_payload()
            .filter(is(State::Failed))
            .filter(old.or(Column::UselessAfter.lte(millis(now))))
            .limit(limit);
        let ids: Vec<Uuid> = failed.into_tuple().all(&self.db).await?;
        for id in ids {
            self.erase(id).await?;
        }
        Ok(())
    }

    /// Those of these mails whose words are still there.
    pub async fn mails_with_words(&self, ids: impl IntoIterator<Item = Uuid>) -> Result<BTreeSet<Uuid>> {
        let there = mail_payload::Entity::find()
            .select_only()
            .column(mail_payload::Column::MailId)
            .filter(mail_payload::Column::MailId.is_in(ids));
        let ids: Vec<Uuid> = there.into_tuple().all(&self.db).await?;
        Ok(ids.into_iter().collect())
    }

    /// Mails that came to their end and were written before then, the oldest first.
    pub async fn old_mails(&self, before: OffsetDateTime, limit: u64) -> Result<Vec<Uuid>> {
        let old = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::WrittenAt.lt(millis(before)))
            .filter(is_ended())
            .order_by_asc(Column::WrittenAt)
            .limit(limit);
        Ok(old.into_tuple().all(&self.db).await?)
    }

    /// Those of these mails that have come to their end; one that is tried again stays.
    pub async fn delete_mails(&self, ids: &[Uuid]) -> Result<u64> {
        let ended = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(is_ended());
        let ended: Vec<Uuid> = ended.into_tuple().all(&self.db).await?;
        mail_payload::Entity::delete_many()
            .filter(mail_payload::Column::MailId.is_in(ended.iter().copied()))
            .exec(&self.db)
            .await?;
        let deleted = Entity::delete_many()
            .filter(Column::Id.is_in(ended))
            .filter(is_ended())
            .exec(&self.db)
            .await?;
        Ok(deleted.rows_affected)
    }

    pub async fn mail_counts(&self) -> Result<Counts> {
        let counted: Vec<(String, i64)> = Entity::find()
            .select_only()
            .column(Column::State)
            .column_as(Column::Id.count(), "number")
            .group_by(Column::State)
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut counts = Counts::default();
        for (state, number) in counted {
            let number = u64::try_from(number).unwrap_or_default();
            match from_word(TABLE, state)? {
                State::Waiting => counts.waiting = number,
                State::Sending => counts.sending = number,
                State::Sent => counts.sent = number,
                State::Failed => counts.failed = number,
                State::Cancelled => counts.cancelled = number,
            }
        }
        let oldest = Entity::find()
            .select_only()
            .column_as(Column::WrittenAt.min(), "oldest")
            .filter(is(State::Waiting));
        let oldest: Option<Option<i64>> = oldest.into_tuple().one(&self.db).await?;
        counts.oldest_waiting = oldest.flatten().map(|at| time(TABLE, at)).transpose()?;
        Ok(counts)
    }
}

fn is_ended() -> sea_orm::sea_query::SimpleExpr {
    Column::State.is_in([State::Sent, State::Failed, State::Cancelled].map(|state| word(&state)))
}

/// Mails whose words are still there.
trait InnerJoinPayload {
    fn inner_join_payload(self) -> Self;
}

impl InnerJoinPayload for sea_orm::Select<Entity> {
    fn inner_join_payload(self) -> Self {
        let there = mail_payload::Entity::find()
            .select_only()
            .column(mail_payload::Column::MailId)
            .into_query();
        self.filter(Column::Id.in_subquery(there))
    }
}
