//! The outbox. Whoever changes a mail's state says which state it must be in, and looks at the row count: two
//! servers never hold the same mail.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{from_word, millis, time, word},
    entity::{
        mail::{ActiveModel, Column, Entity, Model},
        mail_payload,
    },
};
use crate::domain::mail::{
    CODES_AN_HOUR, CodeMailed, Concerns, Counts, KEPT_FOR_RETRY, Kind, Mail, NewMail, State,
};

const TABLE: &str = "mail";

impl<C: ConnectionTrait> Book<C> {
    /// In the transaction of the change that the mail tells of.
    pub async fn add_mail(&self, new: &NewMail) -> Result<()> {
        Entity::insert(row(&new.mail))
            .exec_without_returning(&self.db)
            .await?;
        let payload = mail_payload::ActiveModel {
            mail_id: Set(new.mail.id),
            sealed: Set(new.sealed.clone()),
        };
        mail_payload::Entity::insert(payload)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    pub async fn mail(&self, id: Uuid) -> Result<Option<Mail>> {
        Entity::find_by_id(id).one(&self.db).await?.map(read).transpose()
    }

    /// Newest first, in one state or in all of them; `before` is the id of the last one seen.
    pub async fn mails(&self, state: Option<State>, before: Option<Uuid>, limit: u64) -> Result<Vec<Mail>> {
        let mut found = Entity::find().order_by_desc(Column::Id).limit(limit);
        if let Some(state) = state {
            found = found.filter(is(state));
        }
        if let Some(before) = before {
            found = found.filter(Column::Id.lt(before));
        }
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// Newest first: what the dialog can say of the code that was mailed.
    pub async fn mails_of_process(&self, process: Uuid) -> Result<Vec<Mail>> {
        let found = Entity::find()
            .filter(Column::ProcessId.eq(process))
            .order_by_desc(Column::Id);
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// The last activation codes that were mailed to a user, newest first: `CODES_AN_HOUR` of them.
    pub async fn codes_mailed(&self, user: Uuid) -> Result<Vec<CodeMailed>> {
        let found = Entity::find()
            .select_only()
            .columns([Column::ProcessId, Column::WrittenAt])
            .filter(Column::UserId.eq(user))
            .filter(Column::Kind.eq(word(&Kind::ActivationCode)))
            .order_by_desc(Column::WrittenAt)
            .limit(CODES_AN_HOUR as u64);
        let found: Vec<(Option<Uuid>, i64)> = found.into_tuple().all(&self.db).await?;
        let mailed = found
            .into_iter()
            .map(|(process, at)| Ok((process, time(TABLE, at)?)));
        mailed.collect()
    }

    /// Whose turn it is, longest due first.
    pub async fn due_mails(&self, now: OffsetDateTime, limit: u64) -> Result<Vec<Uuid>> {
        let due = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(is(State::Waiting))
            .filter(Column::NextAt.lte(millis(now)))
            .order_by_asc(Column::NextAt)
            .limit(limit);
        Ok(due.into_tuple().all(&self.db).await?)
    }

    /// Takes a due mail into one's hands until `lease_until`. `None` where another was faster.
    pub async fn take_mail(
        &self,
        id: Uuid,
        now: OffsetDateTime,
        lease_until: OffsetDateTime,
    ) -> Result<Option<NewMail>> {
        let taken = Entity::update_many()
            .col_expr(Column::State, Expr::value(word(&State::Sending)))
            .col_expr(Column::LeaseUntil, Expr::value(millis(lease_until)))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.eq(id))
            .filter(is(State::Waiting))
            .filter(Column::NextAt.lte(millis(now)))
            .exec(&self.db)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(None);
        }
        let mail = self.mail(id).await?.ok_or(StoreError::Damaged { table: TABLE })?;
        let payload = mail_payload::Entity::find_by_id(id).one(&self.db).await?;
        let sealed = payload.map(|payload| payload.sealed).unwrap_or_default();
        Ok(Some(NewMail { mail, sealed }))
    }

    /// Puts a taken mail back or to its end. `false` where the lease had run out and another holds it.
    pub async fn put_mail(&self, taken: &Mail, now: &Mail) -> Result<bool> {
        let Some(lease) = taken.lease_until else {
            return Ok(false);
        };
        let put = Entity::update_many()
            .set(ActiveModel {
                state: Set(word(&now.state)),
                next_at: Set(millis(now.next_at)),
                lease_until: Set(None),
                handed_over_at: Set(now.handed_over_at.map(millis)),
                last_answer: Set(now.last_answer.clone()),
                ..Default::default()
            })
            .filter(Column::Id.eq(taken.id))
            .filter(is(State::Sending))
            .filter(Column::LeaseUntil.eq(millis(lease)))
            .exec(&self.db)
            .await?;
        let is_ours = put.rows_affected == 1;
        if is_ours && matches!(now.state, State::Sent | State::Cancelled) {
            self.erase(taken.id).await?;
        }
        Ok(is_ours)
    }

    /// What a killed server held waits again.
    pub async fn release_mails(&self, now: OffsetDateTime) -> Result<u64> {
        let released = Entity::update_many()
            .col_expr(Column::State, Expr::value(word(&State::Waiting)))
            .col_expr(Column::LeaseUntil, Expr::value(None::<i64>))
            .col_expr(Column::NextAt, Expr::value(millis(now)))
            .filter(is(State::Sending))
            .filter(Column::LeaseUntil.lte(millis(now)))
            .exec(&self.db)
            .await?;
        Ok(released.rows_affected)
    }

    /// Those of a process that still wait: what they would say is true no more. One that is being sent at this moment
    /// may arrive; where it does not, and where it failed before, it is tried no more.
    pub async fn cancel_mails(&self, process: Uuid) -> Result<u64> {
        Entity::update_many()
            .col_expr(Column::UselessAfter, Expr::col(Column::WrittenAt))
            .filter(Column::ProcessId.eq(process))
            .filter(Column::State.is_in([word(&State::Sending), word(&State::Failed)]))
            .exec(&self.db)
            .await?;
        let waiting = Entity::find()
            .filter(Column::ProcessId.eq(process))
            .filter(is(State::Waiting));
        let mut cancelled = 0;
        for row in waiting.all(&self.db).await? {
            let changed = Entity::update_many()
                .col_expr(Column::State, Expr::value(word(&State::Cancelled)))
                .filter(Column::Id.eq(row.id))
                .filter(is(State::Waiting))
                .exec(&self.db)
                .await?;
            if changed.rows_affected == 1 {
                self.erase(row.id).await?;
                cancelled += 1;
            }
        }
        Ok(cancelled)
    }

    /// Tries a failed or waiting mail at once, until `give_up_at`. `false` where there is nothing left to send.
    pub async fn retry_mail(
        &self,
        id: Uuid,
        now: OffsetDateTime,
        give_up_at: OffsetDateTime,
    ) -> Result<bool> {
        if mail_payload::Entity::find_by_id(id).count(&self.db).await? == 0 {
            return Ok(false);
        }
        let changed = Entity::update_many()
            .col_expr(Column::State, Expr::value(word(&State::Waiting)))
            .col_expr(Column::NextAt, Expr::value(millis(now)))
            .col_expr(Column::GiveUpAt, Expr::value(millis(give_up_at)))
            .filter(Column::Id.eq(id))
            .filter(Column::State.is_in([word(&State::Failed), word(&State::Waiting)]))
            .filter(
                Column::UselessAfter
                    .is_null()
                    .or(Column::UselessAfter.gt(millis(now))),
            )
            .exec(&self.db)
            .await?;
        Ok(changed.rows_affected == 1)
    }

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

    async fn erase(&self, id: Uuid) -> Result<()> {
        mail_payload::Entity::delete_by_id(id).exec(&self.db).await?;
        Ok(())
    }
}

fn is(state: State) -> sea_orm::sea_query::SimpleExpr {
    Column::State.eq(word(&state))
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

fn row(mail: &Mail) -> ActiveModel {
    ActiveModel {
        id: Set(mail.id),
        message_id: Set(mail.message_id.clone()),
        kind: Set(word(&mail.kind)),
        user_id: Set(mail.concerns.user),
        process_id: Set(mail.concerns.process),
        mobile_id: Set(mail.concerns.mobile_id),
        address: Set(mail.address.clone()),
        language: Set(word(&mail.language)),
        written_at: Set(millis(mail.written_at)),
        state: Set(word(&mail.state)),
        attempts: Set(i32::try_from(mail.attempts).unwrap_or(i32::MAX)),
        next_at: Set(millis(mail.next_at)),
        give_up_at: Set(millis(mail.give_up_at)),
        useless_after: Set(mail.useless_after.map(millis)),
        lease_until: Set(mail.lease_until.map(millis)),
        handed_over_at: Set(mail.handed_over_at.map(millis)),
        last_answer: Set(mail.last_answer.clone()),
    }
}

fn read(row: Model) -> Result<Mail> {
    let at = |millis| time(TABLE, millis);
    Ok(Mail {
        id: row.id,
        message_id: row.message_id,
        kind: from_word(TABLE, row.kind)?,
        concerns: Concerns {
            user: row.user_id,
            process: row.process_id,
            mobile_id: row.mobile_id,
        },
        address: row.address,
        language: from_word(TABLE, row.language)?,
        written_at: at(row.written_at)?,
        state: from_word(TABLE, row.state)?,
        attempts: u32::try_from(row.attempts).map_err(|_| StoreError::Damaged { table: TABLE })?,
        next_at: at(row.next_at)?,
        give_up_at: at(row.give_up_at)?,
        useless_after: row.useless_after.map(at).transpose()?,
        lease_until: row.lease_until.map(at).transpose()?,
        handed_over_at: row.handed_over_at.map(at).transpose()?,
        last_answer: row.last_answer,
    })
}
