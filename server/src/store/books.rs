//! Both books of certificates side by side, for comparing them, and one entry put right in both.

use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Related, RelationDef,
    sea_query::Expr,
};
use shared::api::{CertificateState, EncryptionFate, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result,
    column::{from_word, millis, word},
    entity::{ca_certificate as ca, certificate as manager, mobile_id},
};
use crate::domain::{books::Entry, mobile_id::RevocationReason};

type Row = (
    String,
    Option<String>,
    Option<String>,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    Option<bool>,
);

impl Book {
    /// Everything in the CA's book after `serial`, in order, `limit` at most.
    pub async fn books_after(&self, serial: &str, limit: u64) -> Result<Vec<Entry>> {
        let rows: Vec<Row> = side_by_side()
            .filter(ca::Column::Serial.gt(serial))
            .order_by_asc(ca::Column::Serial)
            .limit(limit)
            .into_tuple()
            .all(&self.db)
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// What the identity manager has after `serial` and the CA has not, `limit` at most.
    pub async fn unknown_to_ca_after(&self, serial: &str, limit: u64) -> Result<Vec<Entry>> {
        let rows: Vec<Row> = manager::Entity::find()
            .select_only()
            .column(manager::Column::Serial)
            .column(ca::Column::State)
            .column_as(manager::Column::State, "manager_state")
            .column(mobile_id::Column::Id)
            .column_as(mobile_id::Column::State, "mobile_id_state")
            .column(manager::Column::Purpose)
            .column(mobile_id::Column::EncryptionKept)
            .join(JoinType::LeftJoin, in_ca())
            .join(JoinType::LeftJoin, of_mobile_id())
            .filter(ca::Column::Serial.is_null())
            .filter(manager::Column::Serial.gt(serial))
            .order_by_asc(manager::Column::Serial)
            .limit(limit)
            .into_tuple()
            .all(&self.db)
            .await?;
        rows.into_iter().map(read).collect()
    }

    pub async fn books_of(&self, serial: &str) -> Result<Option<Entry>> {
        let row: Option<Row> = side_by_side()
            .filter(ca::Column::Serial.eq(serial))
            .into_tuple()
            .one(&self.db)
            .await?;
        row.map(read).transpose()
    }

    /// Gives one certificate this state in both books. What the CA's book knows already of a revocation it keeps; a hold
    /// that becomes one gets its reason.
    pub async fn put_right(
        &self,
        serial: &str,
        state: CertificateState,
        reason: RevocationReason,
        at: OffsetDateTime,
    ) -> Result<()> {
        let in_ca = ca::Entity::update_many()
            .col_expr(ca::Column::State, Expr::value(word(&state)))
            .filter(ca::Column::Serial.eq(serial));
        in_ca.exec(&self.db).await?;
        if matches!(state, CertificateState::Revoked | CertificateState::OnHold) {
            ca::Entity::update_many()
                .col_expr(ca::Column::RevokedAt, Expr::value(millis(at)))
                .col_expr(ca::Column::RevocationReason, Expr::value(reason.code()))
                .filter(ca::Column::Serial.eq(serial))
                .filter(ca::Column::RevokedAt.is_null())
                .exec(&self.db)
                .await?;
            if state == CertificateState::Revoked {
                ca::Entity::update_many()
                    .col_expr(ca::Column::RevocationReason, Expr::value(reason.code()))
                    .filter(ca::Column::Serial.eq(serial))
                    .filter(ca::Column::RevocationReason.eq(RevocationReason::CertificateHold.code()))
                    .exec(&self.db)
                    .await?;
            }
            self.raise_ca_revision().await?;
        }
        manager::Entity::update_many()
            .col_expr(manager::Column::State, Expr::value(word(&state)))
            .filter(manager::Column::Serial.eq(serial))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

fn in_ca() -> RelationDef {
    <manager::Entity as Related<ca::Entity>>::to()
}

fn of_mobile_id() -> RelationDef {
    <manager::Entity as Related<mobile_id::Entity>>::to()
}

fn side_by_side() -> sea_orm::Select<ca::Entity> {
    ca::Entity::find()
        .select_only()
        .column(ca::Column::Serial)
        .column(ca::Column::State)
        .column_as(manager::Column::State, "manager_state")
        .column(mobile_id::Column::Id)
        .column_as(mobile_id::Column::State, "mobile_id_state")
        .column(manager::Column::Purpose)
        .column(mobile_id::Column::EncryptionKept)
        .join(JoinType::LeftJoin, in_ca().rev())
        .join(JoinType::LeftJoin, of_mobile_id())
}

fn read((serial, in_ca, in_manager, mobile_id, mobile_id_state, purpose, is_kept): Row) -> Result<Entry> {
    let state = |word: Option<String>| word.map(|word| from_word("certificate", word)).transpose();
    let mobile_id_state = mobile_id_state
        .map(|word| from_word("mobile_id", word))
        .transpose()?;
    let purpose: Option<Purpose> = purpose.map(|word| from_word("certificate", word)).transpose()?;
    let fate = match is_kept {
        Some(true) => EncryptionFate::Keep,
        _ => EncryptionFate::Revoke,
    };
    Ok(Entry {
        serial,
        in_ca: state(in_ca)?,
        in_manager: state(in_manager)?,
        mobile_id: mobile_id.zip(mobile_id_state),
        encryption: (purpose == Some(Purpose::Encryption)).then_some(fate),
    })
}
