//! What archived keys are recovered for: the earlier encryption certificates of a user, keys on their way to a phone, and
//! which earlier certificates belong to a mobile ID besides its own.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use shared::{api::ProcessState, protocol};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Book, Result, StoreError, certificate,
    column::{from_word, millis, time, word},
    entity::{
        archived_key, ca_certificate as ca, certificate as manager, mobile_id, process,
        recovered_certificate, sealed_key,
    },
};
use crate::domain::{
    mobile_id::Certificate,
    recovery::{Earlier, SealedKey},
    secret::Hash,
};

impl Book {
    /// A user's encryption certificates whose keys are archived, newest first. Those of a mobile ID that no phone
    /// confirmed, whatever became of it since, were never of use, and are not among them.
    pub async fn recoverable(&self, user: Uuid) -> Result<Vec<Earlier>> {
        let archived = archived_key::Entity::find()
            .filter(archived_key::Column::UserId.eq(user))
            .select_only()
            .column(archived_key::Column::Serial)
            .into_query();
        let completed = process::Entity::find()
            .filter(process::Column::UserId.eq(user))
            .filter(process::Column::State.eq(word(&ProcessState::Completed)))
            .select_only()
            .column(process::Column::Id)
            .into_query();
        let these = Condition::all()
            .add(manager::Column::Serial.in_subquery(archived))
            .add(mobile_id::Column::UserId.eq(user))
            .add(mobile_id::Column::ProcessId.in_subquery(completed));
        self.earlier(these).await
    }

    /// These encryption certificates, as they are now, newest first.
    pub async fn earlier_certificates(
        &self,
        serials: impl IntoIterator<Item = &String>,
    ) -> Result<Vec<Earlier>> {
        let these = manager::Column::Serial.is_in(serials);
        self.earlier(Condition::all().add(these)).await
    }

    async fn earlier(&self, these: Condition) -> Result<Vec<Earlier>> {
        let rows = manager::Entity::find()
            .find_also_related(ca::Entity)
            .find_also_related(mobile_id::Entity)
            .filter(these)
            .order_by_desc(mobile_id::Column::Id)
            .all(&self.db)
            .await?;
        let damaged = || StoreError::Damaged { table: "certificate" };
        rows.into_iter()
            .map(|(row, book, made_for)| {
                let (book, made_for) = book.zip(made_for).ok_or_else(damaged)?;
                Ok(Earlier {
                    serial: row.serial,
                    not_before: time("ca_certificate", book.not_before)?,
                    not_after: time("ca_certificate", book.not_after)?,
                    state_in_ca: from_word("ca_certificate", book.state)?,
                    phone: made_for.phone,
                    mobile_id: made_for.name,
                })
            })
            .collect()
    }

    pub async fn add_sealed_keys(&self, mobile_id: Uuid, keys: &[&SealedKey]) -> Result<()> {
        let rows = keys.iter().map(|key| sealed_key::ActiveModel {
            mobile_id: Set(mobile_id),
            serial: Set(key.serial.clone()),
            key_type: Set(word(&key.key_type)),
            encapsulated: Set(key.encapsulated.clone()),
            ciphertext: Set(key.ciphertext.clone()),
            challenge: Set(key.challenge.clone()),
            answer: Set(key.answer.text()),
        });
        sealed_key::Entity::insert_many(rows)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    pub async fn sealed_keys(&self, mobile_id: Uuid) -> Result<Vec<SealedKey>> {
        let found = sealed_key::Entity::find().filter(sealed_key::Column::MobileId.eq(mobile_id));
        found.all(&self.db).await?.into_iter().map(read_sealed).collect()
    }

    /// The phone has them, or never will.
    pub async fn delete_sealed_keys(&self, mobile_id: Uuid) -> Result<()> {
        sealed_key::Entity::delete_many()
            .filter(sealed_key::Column::MobileId.eq(mobile_id))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Writes down of which earlier certificates this mobile ID's phone gets the keys, and which archived keys did not
    /// open.
    pub async fn add_recovered(&self, mobile_id: Uuid, serials: &[&str], damaged: &[String]) -> Result<()> {
        let row = |serial: &str, is_damaged| recovered_certificate::ActiveModel {
            mobile_id: Set(mobile_id),
            serial: Set(serial.to_owned()),
            is_damaged: Set(is_damaged),
        };
        let recovered = serials.iter().map(|serial| row(serial, false));
        let rows = recovered.chain(damaged.iter().map(|serial| row(serial, true)));
        recovered_certificate::Entity::insert_many(rows)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// The earlier certificates whose keys this mobile ID's phone got, newest first. They belong to the mobile IDs that
    /// they were made for.
    pub async fn recovered_certificates(&self, mobile_id: Uuid) -> Result<Vec<Certificate>> {
        let rows = manager::Entity::find()
            .find_also_related(ca::Entity)
            .filter(manager::Column::Serial.in_subquery(recovered(mobile_id).into_query()))
            .order_by_desc(manager::Column::MobileId);
        rows.all(&self.db)
            .await?
            .into_iter()
            .map(certificate::read)
            .collect()
    }

    /// Serial numbers of those that were sealed to a phone or recovered, and have no archived key any more.
    pub async fn recovered_without_archived_key(&self) -> Result<Vec<String>> {
        let archived = || {
            archived_key::Entity::find()
                .select_only()
                .column(archived_key::Column::Serial)
                .into_query()
        };
        let sealed = sealed_key::Entity::find()
            .filter(sealed_key::Column::Serial.not_in_subquery(archived()))
            .select_only()
            .column(sealed_key::Column::Serial)
            .into_tuple();
        let mut serials: Vec<String> = sealed.all(&self.db).await?;
        let recovered = recovered_certificate::Entity::find()
            .filter(recovered_certificate::Column::Serial.not_in_subquery(archived()))
            .select_only()
            .column(recovered_certificate::Column::Serial)
            .into_tuple();
        serials.extend(recovered.all(&self.db).await?);
        Ok(serials)
    }

    pub async fn count_recovered(&self, mobile_id: Uuid) -> Result<usize> {
        let serials: Vec<String> = recovered(mobile_id).into_tuple().all(&self.db).await?;
        Ok(serials.len())
    }

    /// Serial numbers of those whose archived keys did not open.
    pub async fn not_recovered(&self, mobile_id: Uuid) -> Result<Vec<String>> {
        let found = recovered_certificate::Entity::find()
            .filter(recovered_certificate::Column::MobileId.eq(mobile_id))
            .filter(recovered_certificate::Column::IsDamaged.eq(true))
            .order_by_asc(recovered_certificate::Column::Serial)
            .select_only()
            .column(recovered_certificate::Column::Serial);
        Ok(found.into_tuple().all(&self.db).await?)
    }

    /// When keys were recovered to a user's phones since then, the earliest first: once for each mobile ID.
    pub async fn recoveries_since(&self, user: Uuid, since: OffsetDateTime) -> Result<Vec<OffsetDateTime>> {
        let with_keys = recovered_certificate::Entity::find()
            .filter(recovered_certificate::Column::IsDamaged.eq(false))
            .select_only()
            .column(recovered_certificate::Column::MobileId)
            .into_query();
        let times: Vec<i64> = mobile_id::Entity::find()
            .filter(mobile_id::Column::UserId.eq(user))
            .filter(mobile_id::Column::ValidFrom.gt(millis(since)))
            .filter(mobile_id::Column::Id.in_subquery(with_keys))
            .order_by_asc(mobile_id::Column::ValidFrom)
            .select_only()
            .column(mobile_id::Column::ValidFrom)
            .into_tuple()
            .all(&self.db)
            .await?;
        times.into_iter().map(|at| time("mobile_id", at)).collect()
    }
}

/// The serial numbers of the certificates whose keys this mobile ID's phone got.
fn recovered(mobile_id: Uuid) -> sea_orm::Select<recovered_certificate::Entity> {
    recovered_certificate::Entity::find()
        .filter(recovered_certificate::Column::MobileId.eq(mobile_id))
        .filter(recovered_certificate::Column::IsDamaged.eq(false))
        .select_only()
        .column(recovered_certificate::Column::Serial)
}

fn read_sealed(row: sealed_key::Model) -> Result<SealedKey> {
    let damaged = || StoreError::Damaged { table: "sealed_key" };
    let answer = protocol::decode(&row.answer).and_then(|octets| octets.try_into().ok());
    Ok(SealedKey {
        serial: row.serial,
        key_type: from_word("sealed_key", row.key_type)?,
        encapsulated: row.encapsulated,
        ciphertext: row.ciphertext,
        challenge: row.challenge,
        answer: Hash(answer.ok_or_else(damaged)?),
    })
}
