//! The recovery keys, by their number: files in a folder of their own, or keys in a token. The greatest seals; each opens
//! what is under it. One that comes after the start, by a rotation, is taken up when it is looked for.

use std::{
    collections::HashMap,
    error::Error,
    fmt::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest;

use super::{ArchiveError, KeyError, hpke};
use crate::{
    ca::{Agreement, KeyPlace, KeyStore, KeyStoreError, Owner, open_keys},
    durable_file,
};

const PREFIX: &str = "recovery-";
/// Octets of a fingerprint.
const FINGERPRINT: usize = 8;

/// A recovery key at work.
#[derive(Clone)]
pub(super) struct RecoveryKey {
    pub number: u32,
    /// As rows have it: the key's name and a fingerprint, so that no other key of that name is taken for it.
    pub name: String,
    key: Arc<dyn Agreement>,
}

impl RecoveryKey {
    fn new(number: u32, key: Arc<dyn Agreement>) -> Self {
        let hash = digest::digest(&digest::SHA256, key.point());
        let mut name = format!("{}:", key_name(number));
        for octet in hash.as_ref().iter().take(FINGERPRINT) {
            let _ = write!(name, "{octet:02X}");
        }
        Self { number, name, key }
    }

    pub fn point(&self) -> &[u8] {
        self.key.point()
    }

    /// With what `enc` and this key agree on. `None`: it is no point.
    pub fn agree(&self, enc: &[u8]) -> Result<Option<hpke::Ecdh>, ArchiveError> {
        // A token may take a point beside the curve for a fault of its own.
        if !hpke::is_point(enc) {
            return Ok(None);
        }
        Ok(Some(self.key.agree(enc)?))
    }
}

/// The number in a row's name for a recovery key.
pub(super) fn number_of(name: &str) -> Option<u32> {
    numbered(name.split(':').next().unwrap_or_default())
}

/// Whether this can be a recovery key's name in a row.
pub(super) fn is_name(name: &str) -> bool {
    let is_hex = |octet: u8| octet.is_ascii_digit() || (b'A'..=b'F').contains(&octet);
    name.split_once(':').is_some_and(|(key, fingerprint)| {
        numbered(key).is_some() && fingerprint.len() == 2 * FINGERPRINT && fingerprint.bytes().all(is_hex)
    })
}

fn key_name(number: u32) -> String {
    format!("{PREFIX}{number}")
}

fn numbered(name: &str) -> Option<u32> {
    let number = name.strip_prefix(PREFIX)?.parse().ok()?;
    (key_name(number) == name).then_some(number)
}

pub(super) struct RecoveryKeys {
    place: KeyPlace,
    dir: PathBuf,
    at_work: Mutex<AtWork>,
}

#[derive(Default)]
struct AtWork {
    store: Option<Arc<dyn KeyStore>>,
    /// A store that must not be tried again, and why.
    refused: Option<ArchiveError>,
    /// Those that were used already.
    keys: HashMap<u32, RecoveryKey>,
}

impl RecoveryKeys {
    pub fn new(place: KeyPlace, dir: PathBuf) -> Self {
        Self {
            place,
            dir,
            at_work: Mutex::default(),
        }
    }

    /// In order.
    pub fn numbers(&self) -> Result<Vec<u32>, ArchiveError> {
        let names = self.store()?.names()?;
        let mut numbers: Vec<u32> = names.iter().filter_map(|name| numbered(name)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// `None` where it is not there.
    pub fn key(&self, number: u32) -> Result<Option<RecoveryKey>, ArchiveError> {
        if let Some(key) = self.at_work().keys.get(&number) {
            return Ok(Some(key.clone()));
        }
        let Some(key) = self.store()?.lookup_agreement(&key_name(number))? else {
            return Ok(None);
        };
        Ok(Some(self.keep(RecoveryKey::new(number, key))))
    }

    /// Makes the key that comes after all that are there, and after `number`; a key that is there is never replaced.
    pub fn make_after(&self, number: u32) -> Result<RecoveryKey, ArchiveError> {
        let locked = durable_file::lock(&self.dir).map_err(|error| self.not_written(&error))?;
        let last = self.numbers()?.last().copied().unwrap_or_default();
        let key = self.make(last.max(number).saturating_add(1));
        drop(locked);
        key
    }

    /// The first one, unless one is there: two programs that start at once make one.
    pub fn make_first(&self) -> Result<(), ArchiveError> {
        if !self.numbers()?.is_empty() {
            return Ok(());
        }
        let locked = durable_file::lock(&self.dir).map_err(|error| self.not_written(&error))?;
        if self.numbers()?.is_empty() {
            self.make(1)?;
        }
        drop(locked);
        Ok(())
    }

    fn make(&self, number: u32) -> Result<RecoveryKey, ArchiveError> {
        let key = self.store()?.create_agreement(&key_name(number))?;
        Ok(self.keep(RecoveryKey::new(number, key)))
    }

    /// Where an administrator finds it.
    pub fn place(&self, number: u32) -> String {
        let name = key_name(number);
        match &self.place {
            KeyPlace::Files { .. } => self.dir.join(format!("{name}.key")).display().to_string(),
            KeyPlace::Token(access) => format!("the key {name:?} in the token {:?}", access.token),
        }
    }

    fn keep(&self, key: RecoveryKey) -> RecoveryKey {
        self.at_work().keys.insert(key.number, key.clone());
        key
    }

    /// Opened when it is first needed, and tried again as long as that can help.
    fn store(&self) -> Result<Arc<dyn KeyStore>, ArchiveError> {
        let mut at_work = self.at_work();
        if let Some(store) = &at_work.store {
            return Ok(store.clone());
        }
        if let Some(refused) = &at_work.refused {
            return Err(refused.clone());
        }
        match open_keys(&self.place, &self.dir, Owner::Archive) {
            Ok(store) => {
                let store: Arc<dyn KeyStore> = store.into();
                at_work.store = Some(store.clone());
                Ok(store)
            }
            Err(error) => {
                let may_pass = error.may_pass();
                let error = ArchiveError::from(error);
                at_work.refused = (!may_pass).then(|| error.clone());
                Err(error)
            }
        }
    }

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_written(&self, error: &std::io::Error) -> ArchiveError {
        ArchiveError::Unavailable(format!(
            "the folder {} of the key archive cannot be used: {error}",
            self.dir.display()
        ))
    }
}

impl From<KeyStoreError> for ArchiveError {
    /// With whatever lies below it: it is for administrators.
    fn from(error: KeyStoreError) -> Self {
        let mut words = error.to_string();
        let mut below = error.source();
        while let Some(error) = below {
            let _ = write!(words, ": {error}");
            below = error.source();
        }
        Self::Unavailable(words)
    }
}

impl From<KeyError> for ArchiveError {
    fn from(error: KeyError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
