//! The outbox. Whoever changes a mail's state says which state it must be in, and looks at the row count: two
//! servers never hold the same mail.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
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
use crate::domain::mail::{CODES_AN_HOUR, CodeMailed, Concerns, Kind, Mail, NewMail, State};

pub(super) const TABLE: &str = "mail";

impl Book {
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
        let unsent = [State::Waiting, State::Sending, State::Failed];
        let unsent = Entity::find()
            .filter(Column::ProcessId.eq(process))
            .filter(Column::State.is_in(unsent.map(|state| word(&state))))
            .all(&self.db)
            .await?;
        // Most processes have no mail.
        if unsent.is_empty() {
            return Ok(0);
        }
        // Whatever the worker has made of them meanwhile.
        Entity::update_many()
            .col_expr(Column::UselessAfter, Expr::col(Column::WrittenAt))
            .filter(Column::ProcessId.eq(process))
            .filter(Column::State.is_in([word(&State::Sending), word(&State::Failed)]))
            .exec(&self.db)
            .await?;
        let mut cancelled = 0;
        for row in unsent {
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

    pub(super) async fn erase(&self, id: Uuid) -> Result<()> {
        mail_payload::Entity::delete_by_id(id).exec(&self.db).await?;
        Ok(())
    }
}

pub(super) fn is(state: State) -> sea_orm::sea_query::SimpleExpr {
    Column::State.eq(word(&state))
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
