//! Certificates in both books: the CA's and the identity manager's.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, UpdateMany, sea_query::Expr,
};
use shared::api::{CertificateState, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError,
    column::{from_word, millis, time, word},
    entity::{ca_certificate as ca, certificate as manager, mobile_id as profile},
};
use crate::domain::mobile_id::{Certificate, MobileId, RevocationReason};

const NOT_ENDED: [CertificateState; 3] = [
    CertificateState::Issued,
    CertificateState::Valid,
    CertificateState::OnHold,
];

impl Book {
    /// Just issued, into both books. Kept back.
    pub async fn add_certificates(&self, certificates: &[Certificate]) -> Result<()> {
        self.db.insert(certificates.iter().map(in_ca)).await?;
        let in_manager = |certificate: &Certificate| manager::ActiveModel {
            serial: Set(certificate.serial.clone()),
            mobile_id: Set(certificate.mobile_id),
            purpose: Set(word(&certificate.purpose)),
            state: Set(word(&CertificateState::Issued)),
        };
        Ok(self.db.insert(certificates.iter().map(in_manager)).await?)
    }

    /// In order of purpose.
    pub async fn certificates(&self, mobile_id: Uuid) -> Result<Vec<Certificate>> {
        let found = manager::Entity::find()
            .find_also_related(ca::Entity)
            .filter(manager::Column::MobileId.eq(mobile_id))
            .order_by_asc(manager::Column::Purpose);
        found.all(&self.db).await?.into_iter().map(read).collect()
    }

    /// A mobile ID with its certificates, those in order of purpose. One without certificates is not found.
    pub async fn installation(&self, mobile_id: Uuid) -> Result<Option<(MobileId, Vec<Certificate>)>> {
        let rows = manager::Entity::find()
            .find_also_related(ca::Entity)
            .find_also_related(profile::Entity)
            .filter(manager::Column::MobileId.eq(mobile_id))
            .order_by_asc(manager::Column::Purpose)
            .all(&self.db)
            .await?;
        let mut found = None;
        let mut certificates = Vec::with_capacity(rows.len());
        for (row, book, profile) in rows {
            certificates.push(read((row, book))?);
            found = profile;
        }
        let found = found.map(super::mobile_id::read).transpose()?;
        Ok(found.map(|mobile_id| (mobile_id, certificates)))
    }

    /// `serial` in upper-case hex.
    pub async fn certificate(&self, serial: &str) -> Result<Option<Certificate>> {
        let found = manager::Entity::find_by_id(serial).find_also_related(ca::Entity);
        found.one(&self.db).await?.map(read).transpose()
    }

    /// The phone has them: the certificates of a mobile ID that are `issued`, `count` of them, are valid, in both books.
    /// Kept back.
    pub async fn install_certificates(&self, mobile_id: Uuid, count: u64) -> Result<()> {
        let (from, to) = ([CertificateState::Issued], CertificateState::Valid);
        let (in_ca, in_manager) = changes(mobile_id, &Purpose::ALL, &from, to, []);
        let engine = self.db.get_database_backend();
        self.db.write(in_ca.build(engine), count).await?;
        Ok(self.db.write(in_manager.build(engine), count).await?)
    }

    /// Changes both books of every certificate of a mobile ID that is in state `from`. Gives the number changed.
    pub async fn set_certificates(
        &self,
        mobile_id: Uuid,
        from: CertificateState,
        to: CertificateState,
    ) -> Result<u64> {
        let change = [
            (ca::Column::RevokedAt, Expr::value(None::<i64>)),
            (ca::Column::RevocationReason, Expr::value(None::<i32>)),
        ];
        self.change(mobile_id, &Purpose::ALL, &[from], to, change).await
    }

    /// Revokes in both books what is not revoked already, among those of these purposes.
    pub async fn revoke_certificates(
        &self,
        mobile_id: Uuid,
        purposes: &[Purpose],
        reason: RevocationReason,
        at: OffsetDateTime,
    ) -> Result<u64> {
        let change = [
            (ca::Column::RevokedAt, Expr::value(millis(at))),
            (ca::Column::RevocationReason, Expr::value(reason.code())),
        ];
        self.change(mobile_id, purposes, &NOT_ENDED, CertificateState::Revoked, change)
            .await
    }

    /// Until they are valid again, or revoked.
    pub async fn hold_certificates(&self, mobile_id: Uuid, at: OffsetDateTime) -> Result<u64> {
        let change = [
            (ca::Column::RevokedAt, Expr::value(millis(at))),
            (
                ca::Column::RevocationReason,
                Expr::value(RevocationReason::CertificateHold.code()),
            ),
        ];
        let from = [CertificateState::Valid];
        self.change(mobile_id, &Purpose::ALL, &from, CertificateState::OnHold, change)
            .await
    }

    /// Writes down what time has done to what is not revoked. Since when one was on hold is kept: the next list still
    /// has it.
    pub async fn expire_certificates(&self, mobile_id: Uuid) -> Result<u64> {
        self.change(
            mobile_id,
            &Purpose::ALL,
            &NOT_ENDED,
            CertificateState::Expired,
            [],
        )
        .await
    }

    /// The CA's book: serial, time and reason number of everything by this issuer that is revoked or on hold, or was on
    /// hold when it expired, and ends at `from` or later.
    pub async fn revoked(
        &self,
        issuer: &str,
        from: OffsetDateTime,
    ) -> Result<Vec<(String, OffsetDateTime, i32)>> {
        let states = [
            CertificateState::Revoked,
            CertificateState::OnHold,
            CertificateState::Expired,
        ];
        let is_told = Condition::any()
            .add(ca::Column::State.ne(word(&CertificateState::Expired)))
            .add(ca::Column::RevokedAt.is_not_null());
        let rows: Vec<(String, Option<i64>, Option<i32>)> = ca::Entity::find()
            .filter(ca::Column::State.is_in(states.map(|state| word(&state))))
            .filter(is_told)
            .filter(ca::Column::NotAfter.gte(millis(from)))
            .filter(ca::Column::Issuer.eq(issuer))
            .order_by_asc(ca::Column::Serial)
            .select_only()
            .columns([
                ca::Column::Serial,
                ca::Column::RevokedAt,
                ca::Column::RevocationReason,
            ])
            .into_tuple()
            .all(&self.db)
            .await?;
        rows.into_iter()
            .map(|(serial, at, reason)| match revocation(at, reason)? {
                Some((at, reason)) => Ok((serial, at, reason)),
                None => Err(StoreError::Damaged {
                    table: "ca_certificate",
                }),
            })
            .collect()
    }

    /// The CA's book: when the last certificate by this issuer ends.
    pub async fn last_end(&self, issuer: &str) -> Result<Option<OffsetDateTime>> {
        let last: Option<Option<i64>> = ca::Entity::find()
            .filter(ca::Column::Issuer.eq(issuer))
            .select_only()
            .column_as(ca::Column::NotAfter.max(), "last")
            .into_tuple()
            .one(&self.db)
            .await?;
        last.flatten().map(|end| time("ca_certificate", end)).transpose()
    }

    /// The CA's book: the state of one certificate by this issuer, with time and reason number where it is revoked or on
    /// hold. `serial` in upper-case hex.
    pub async fn status_in_ca(
        &self,
        issuer: &str,
        serial: &str,
    ) -> Result<Option<(CertificateState, Option<(OffsetDateTime, i32)>)>> {
        let found: Option<(String, Option<i64>, Option<i32>)> = ca::Entity::find_by_id(serial)
            .filter(ca::Column::Issuer.eq(issuer))
            .select_only()
            .columns([
                ca::Column::State,
                ca::Column::RevokedAt,
                ca::Column::RevocationReason,
            ])
            .into_tuple()
            .one(&self.db)
            .await?;
        found
            .map(|(state, at, reason)| Ok((from_word("ca_certificate", state)?, revocation(at, reason)?)))
            .transpose()
    }

    /// `with`: what else changes in the CA's book.
    async fn change(
        &self,
        mobile_id: Uuid,
        purposes: &[Purpose],
        from: &[CertificateState],
        to: CertificateState,
        with: impl IntoIterator<Item = (ca::Column, Expr)>,
    ) -> Result<u64> {
        let (in_ca, in_manager) = changes(mobile_id, purposes, from, to, with);
        in_ca.exec(&self.db).await?;
        let changed = in_manager.exec(&self.db).await?;
        if changed.rows_affected > 0 && is_told(from, to) {
            self.raise_ca_revision().await?;
        }
        Ok(changed.rows_affected)
    }
}

/// The CA's book first: which serials are concerned stands in the other, as it still is.
fn changes(
    mobile_id: Uuid,
    purposes: &[Purpose],
    from: &[CertificateState],
    to: CertificateState,
    with: impl IntoIterator<Item = (ca::Column, Expr)>,
) -> (UpdateMany<ca::Entity>, UpdateMany<manager::Entity>) {
    // SQLite makes a table of each list: none for nothing.
    let chosen =
        (purposes != Purpose::ALL).then(|| manager::Column::Purpose.is_in(purposes.iter().map(word)));
    let concerned = Condition::all()
        .add(manager::Column::MobileId.eq(mobile_id))
        .add_option(chosen)
        .add(manager::Column::State.is_in(from.iter().map(word)));
    let serials = manager::Entity::find()
        .filter(concerned.clone())
        .select_only()
        .column(manager::Column::Serial)
        .into_query();
    let mut in_ca = ca::Entity::update_many().col_expr(ca::Column::State, Expr::value(word(&to)));
    for (column, value) in with {
        in_ca = in_ca.col_expr(column, value);
    }
    let in_manager = manager::Entity::update_many()
        .col_expr(manager::Column::State, Expr::value(word(&to)))
        .filter(concerned);
    (in_ca.filter(ca::Column::Serial.in_subquery(serials)), in_manager)
}

/// Whether such a change makes another list: somebody comes onto it or goes from it. What has expired goes in its own
/// time, after one list more.
fn is_told(from: &[CertificateState], to: CertificateState) -> bool {
    let on_list =
        |state: &CertificateState| matches!(state, CertificateState::Revoked | CertificateState::OnHold);
    on_list(&to) || to != CertificateState::Expired && from.iter().any(on_list)
}

fn revocation(at: Option<i64>, reason: Option<i32>) -> Result<Option<(OffsetDateTime, i32)>> {
    at.zip(reason)
        .map(|(at, reason)| Ok((time("ca_certificate", at)?, reason)))
        .transpose()
}

fn in_ca(certificate: &Certificate) -> ca::ActiveModel {
    ca::ActiveModel {
        serial: Set(certificate.serial.clone()),
        purpose: Set(word(&certificate.purpose)),
        subject: Set(certificate.subject.clone()),
        issuer: Set(certificate.issuer.clone()),
        not_before: Set(millis(certificate.not_before)),
        not_after: Set(millis(certificate.not_after)),
        state: Set(word(&CertificateState::Issued)),
        revoked_at: Set(None),
        revocation_reason: Set(None),
        der: Set(Some(certificate.der.clone())),
    }
}

pub(super) fn read((row, book): (manager::Model, Option<ca::Model>)) -> Result<Certificate> {
    let damaged = || StoreError::Damaged {
        table: "ca_certificate",
    };
    let book = book.ok_or_else(damaged)?;
    Ok(Certificate {
        serial: row.serial,
        mobile_id: row.mobile_id,
        purpose: from_word("certificate", row.purpose)?,
        subject: book.subject,
        issuer: book.issuer,
        not_before: time("ca_certificate", book.not_before)?,
        not_after: time("ca_certificate", book.not_after)?,
        state: from_word("certificate", row.state)?,
        state_in_ca: from_word("ca_certificate", book.state)?,
        der: book.der.ok_or_else(damaged)?,
    })
}
