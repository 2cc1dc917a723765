//! What this phone keeps, in `IndexedDB`: unfinished enrollments and finished mobile IDs, each with its keys.
//! A record is an object of `id`, `facts` (JSON of the pure type), `keys` (a `CryptoKeyPair` a purpose) and, where there
//! are any, `decryption` (a private `CryptoKey` an encryption certificate, by serial number); that of a mobile ID also
//! has `token` (the device token) and `told` (JSON of what the server last said of it).
//! Nothing here knows the order of steps.

use js_sys::{Array, Object};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{DeviceMobileId, Installation, Purpose};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};

use super::decryption::DecryptionKey;
use super::enrollment::Enrollment;
use super::indexed_db::{Connection, StorageRefused, Stored, Transaction};
use super::keys::{KeyPair, KeySet};
use crate::api::json;
use crate::js::{get, object, set};

const NAME: &str = "smart-id";
const VERSION: u32 = 1;
const ENROLLMENTS: &str = "enrollment";
const MOBILE_IDS: &str = "mobile_id";
const PROBES: &str = "probe";

const STORES: [&str; 3] = [ENROLLMENTS, MOBILE_IDS, PROBES];

const FACTS: &str = "facts";
const KEYS: &str = "keys";
const DECRYPTION: &str = "decryption";
const TOKEN: &str = "token";
const TOLD: &str = "told";

/// A mobile ID on this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub installation: Installation,
    /// Missing where an earlier version of this page set it up: then the server cannot be asked.
    pub device_token: Option<String>,
    /// What the server last said of it.
    pub told: Option<DeviceMobileId>,
}

pub struct Database(Connection);

impl Database {
    pub async fn open() -> Stored<Self> {
        Ok(Self(Connection::open(NAME, VERSION, &STORES, "id").await?))
    }

    /// Stores a key as the real ones will be and gives back what can be read again.
    pub async fn keep_for_a_moment(&self, id: &str, pair: &KeyPair) -> Stored<KeyPair> {
        let keys = KeySet {
            pairs: vec![(Purpose::Authentication, pair.clone())],
            ..KeySet::default()
        };
        let record = record(id, &(), &keys)?;
        self.put(PROBES, &record).await?;
        let read = self.get(PROBES, id).await?.ok_or(StorageRefused)?;
        self.delete(PROBES, id).await?;
        let (_, pair) = self::keys(&read).pairs.pop().ok_or(StorageRefused)?;
        Ok(pair)
    }

    /// False where another tab was first: then nothing is stored.
    pub async fn add_enrollment(&self, enrollment: &Enrollment, keys: &KeySet) -> Stored<bool> {
        let record = record(&enrollment.id, enrollment, keys)?;
        let writing = self.0.write(&[ENROLLMENTS])?;
        if writing.ask(ENROLLMENTS, "add", &record).await.is_err() {
            // An abort follows by itself; only a record that is there explains it.
            return match self.get(ENROLLMENTS, &enrollment.id).await? {
                Some(_) => Ok(false),
                None => Err(StorageRefused),
            };
        }
        writing.finished().await?;
        Ok(true)
    }

    /// Nothing is stored where another tab has finished or given up meanwhile; what it has unwrapped meanwhile stays.
    pub async fn save_enrollment(&self, enrollment: &Enrollment, keys: &KeySet) -> Stored<()> {
        let record = record(&enrollment.id, enrollment, keys)?;
        let writing = self.0.write(&[ENROLLMENTS])?;
        if let Some(before) = found(&writing, ENROLLMENTS, &enrollment.id).await? {
            let unwrapped: Object = get(&before, DECRYPTION).unchecked_into();
            Object::assign(get(&record, DECRYPTION).unchecked_ref(), &unwrapped);
            writing.tell(ENROLLMENTS, "put", &record)?;
        }
        writing.finished().await
    }

    pub async fn enrollment(&self, id: &str) -> Stored<Option<(Enrollment, KeySet)>> {
        Ok(self.get(ENROLLMENTS, id).await?.as_ref().and_then(read))
    }

    /// Any order; what cannot be read is left out.
    pub async fn enrollments(&self) -> Stored<Vec<(Enrollment, KeySet)>> {
        Ok(self.all(ENROLLMENTS).await?.iter().filter_map(read).collect())
    }

    pub async fn forget_enrollment(&self, id: &str) -> Stored<()> {
        self.delete(ENROLLMENTS, id).await
    }

    /// The enrollment becomes a mobile ID, in one transaction. What was sealed, and the transport key that it was
    /// sealed to, are of no more use.
    pub async fn finish(
        &self,
        enrollment: &Enrollment,
        installation: &Installation,
        mut keys: KeySet,
    ) -> Stored<()> {
        let mut installation = installation.clone();
        let certificates = installation.certificates.iter_mut();
        for certificate in certificates.chain(&mut installation.recovered) {
            certificate.sealed = None;
        }
        keys.pairs.retain(|(purpose, _)| *purpose != Purpose::Encryption);
        let mobile_id = record(&installation.mobile_id.to_string(), &installation, &keys)?;
        set(&mobile_id, TOKEN, &(&enrollment.device_token).into());
        let writing = self.0.write(&[ENROLLMENTS, MOBILE_IDS])?;
        writing.tell(MOBILE_IDS, "put", &mobile_id)?;
        writing.tell(ENROLLMENTS, "delete", &(&enrollment.id).into())?;
        writing.finished().await
    }

    /// Newest first: their ids begin with a time.
    pub async fn mobile_ids(&self) -> Stored<Vec<Kept>> {
        let records = self.all(MOBILE_IDS).await?;
        Ok(records.iter().rev().filter_map(kept).collect())
    }

    pub async fn keys_of(&self, mobile_id: Uuid) -> Stored<KeySet> {
        let found = self.get(MOBILE_IDS, &mobile_id.to_string()).await?;
        Ok(found.as_ref().map(keys).unwrap_or_default())
    }

    /// Keeps what the server said, unless the mobile ID has been removed from here meanwhile.
    pub async fn keep_told(&self, told: &DeviceMobileId) -> Stored<()> {
        let json = serde_json::to_string(told).map_err(|_| StorageRefused)?;
        let writing = self.0.write(&[MOBILE_IDS])?;
        if let Some(record) = found(&writing, MOBILE_IDS, &told.mobile_id.to_string()).await? {
            set(&record, TOLD, &json.into());
            writing.tell(MOBILE_IDS, "put", &record)?;
        }
        writing.finished().await
    }

    /// With its keys, for good.
    pub async fn forget_mobile_id(&self, mobile_id: Uuid) -> Stored<()> {
        self.delete(MOBILE_IDS, &mobile_id.to_string()).await
    }

    async fn put(&self, store: &str, record: &JsValue) -> Stored<()> {
        let writing = self.0.write(&[store])?;
        writing.tell(store, "put", record)?;
        writing.finished().await
    }

    async fn delete(&self, store: &str, id: &str) -> Stored<()> {
        let writing = self.0.write(&[store])?;
        writing.tell(store, "delete", &id.into())?;
        writing.finished().await
    }

    async fn get(&self, store: &str, id: &str) -> Stored<Option<JsValue>> {
        found(&self.0.read(store)?, store, id).await
    }

    async fn all(&self, store: &str) -> Stored<Vec<JsValue>> {
        let reading = self.0.read(store)?;
        let all = reading.ask(store, "getAll", &JsValue::UNDEFINED).await?;
        Ok(all.dyn_into::<Array>()?.iter().collect())
    }
}

async fn found(transaction: &Transaction, store: &str, id: &str) -> Stored<Option<JsValue>> {
    let found = transaction.ask(store, "get", &id.into()).await?;
    Ok((!found.is_undefined()).then_some(found))
}

fn record(id: &str, facts: &impl Serialize, keys: &KeySet) -> Stored<JsValue> {
    let facts = serde_json::to_string(facts).map_err(|_| StorageRefused)?;
    let (pairs, decryption) = (object(&[]), object(&[]));
    for (purpose, pair) in &keys.pairs {
        set(&pairs, purpose.as_str(), pair.as_js());
    }
    for (serial, key) in &keys.decryption {
        set(&decryption, serial, key.as_js());
    }
    Ok(object(&[
        ("id", &id.into()),
        (FACTS, &facts.into()),
        (KEYS, &pairs),
        (DECRYPTION, &decryption),
    ]))
}

fn read(record: &JsValue) -> Option<(Enrollment, KeySet)> {
    Some((facts(record)?, keys(record)))
}

fn kept(record: &JsValue) -> Option<Kept> {
    Some(Kept {
        installation: facts(record)?,
        device_token: text(record, TOKEN),
        told: text(record, TOLD).and_then(|told| json::read(&told)),
    })
}

fn facts<T: DeserializeOwned>(record: &JsValue) -> Option<T> {
    json::read(&text(record, FACTS)?)
}

fn text(record: &JsValue, name: &str) -> Option<String> {
    get(record, name).as_string()
}

/// What is missing is left out.
fn keys(record: &JsValue) -> KeySet {
    let (pairs, decryption) = (get(record, KEYS), get(record, DECRYPTION));
    let pairs = Purpose::ALL
        .into_iter()
        .filter_map(|purpose| Some((purpose, KeyPair::from_js(get(&pairs, purpose.as_str()))?)));
    let serials = decryption
        .dyn_ref::<Object>()
        .map(Object::keys)
        .unwrap_or_default();
    let decryption = serials.iter().filter_map(|serial| {
        let serial = serial.as_string()?;
        let key = DecryptionKey::from_js(get(&decryption, &serial))?;
        Some((serial, key))
    });
    KeySet {
        pairs: pairs.collect(),
        decryption: decryption.collect(),
    }
}
