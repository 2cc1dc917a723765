//! Mobile IDs that end soon, and which reminders went for them.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query, SelectStatement},
};
use shared::api::{MobileIdState, UserState};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{millis, word},
    entity::{mobile_id, reminder, user},
    mobile_id::read as read_mobile_id,
    user::read as read_user,
};
use crate::domain::{mobile_id::MobileId, user::User};

const TABLE: &str = "reminder";
/// The other mobile ID in `successor`.
const LATER: &str = "later";

/// A mobile ID whose user may have to be reminded.
#[derive(Debug, Clone)]
pub struct EndsSoon {
    pub mobile_id: MobileId,
    pub user: User,
    /// The days of the most urgent reminder that went.
    pub sent: Option<u32>,
}

impl Book {
    /// Active mobile IDs that end between `now` and `until`, of active users with an address, and without a
    /// successor. In order of end and id, `limit` at most, after the one that has these two.
    pub async fn ending_soon(
        &self,
        now: OffsetDateTime,
        until: OffsetDateTime,
        after: Option<(OffsetDateTime, Uuid)>,
        limit: u64,
    ) -> Result<Vec<EndsSoon>> {
        use mobile_id::{Column, Entity};
        let mut found = Entity::find()
            .find_also_related(user::Entity)
            .filter(Column::State.eq(word(&MobileIdState::Active)))
            .filter(Column::ValidUntil.gt(millis(now)))
            .filter(Column::ValidUntil.lte(millis(until)))
            .filter(user::Column::State.eq(word(&UserState::Active)))
            .filter(user::Column::Email.is_not_null())
            .filter(Expr::exists(successor()).not())
            .order_by_asc(Column::ValidUntil)
            .order_by_asc(Column::Id)
            .limit(limit);
        if let Some((end, id)) = after {
            let end = millis(end);
            let behind = Condition::any().add(Column::ValidUntil.gt(end)).add(
                Condition::all()
                    .add(Column::ValidUntil.eq(end))
                    .add(Column::Id.gt(id)),
            );
            found = found.filter(behind);
        }
        let rows = found.all(&self.db).await?;
        let sent = self.most_urgent(rows.iter().map(|(row, _)| row.id)).await?;
        rows.into_iter()
            .map(|(row, user)| {
                Ok(EndsSoon {
                    sent: sent.get(&row.id).copied(),
                    mobile_id: read_mobile_id(row)?,
                    user: read_user(user.ok_or(StoreError::Damaged { table: "mobile_id" })?)?,
                })
            })
            .collect()
    }

    /// `Duplicate` where this one went already.
    pub async fn add_reminder(&self, mobile_id: Uuid, days_before: u32, now: OffsetDateTime) -> Result<()> {
        let row = reminder::ActiveModel {
            mobile_id: Set(mobile_id),
            days_before: Set(i32::try_from(days_before).map_err(|_| StoreError::Damaged { table: TABLE })?),
            sent_at: Set(millis(now)),
        };
        reminder::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    async fn most_urgent(&self, mobile_ids: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, u32>> {
        let rows: Vec<(Uuid, i32)> = reminder::Entity::find()
            .select_only()
            .column(reminder::Column::MobileId)
            .column_as(reminder::Column::DaysBefore.min(), "days")
            .filter(reminder::Column::MobileId.is_in(mobile_ids))
            .group_by(reminder::Column::MobileId)
            .into_tuple()
            .all(&self.db)
            .await?;
        let read = |(id, days)| {
            Ok((
                id,
                u32::try_from(days).map_err(|_| StoreError::Damaged { table: TABLE })?,
            ))
        };
        rows.into_iter().map(read).collect()
    }
}

/// Another active mobile ID of the same user that ends later.
fn successor() -> SelectStatement {
    use mobile_id::{Column, Entity};
    let of = |column: Column| Expr::col((Entity, column));
    let later = |column: Column| Expr::col((LATER, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, LATER)
        .and_where(later(Column::UserId).eq(of(Column::UserId)))
        .and_where(later(Column::State).eq(word(&MobileIdState::Active)))
        .and_where(later(Column::ValidUntil).gt(of(Column::ValidUntil)))
        .to_owned()
}
