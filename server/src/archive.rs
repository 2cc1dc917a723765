//! The key archive: encryption keys, made here, each sealed for itself (HPKE, RFC 9180) to a recovery key that is apart
//! from the CA's, and sealed again to a phone's transport key. Rows are the store's.

mod encryption_key;
pub mod hpke;
mod recovery_key;
mod stock;
#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use shared::{api::KeyType, protocol::hpke::split};
use uuid::Uuid;

pub use encryption_key::{Delivery, EncryptionKey, is_answer};
use recovery_key::{RecoveryKey, RecoveryKeys, is_name, number_of};
use stock::Stock;

use crate::{ca::KeyPlace, chance};

/// Why the archive cannot be used, for administrators.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0}")]
    Unavailable(String),
    /// This one does not open, and no other try brings it back: its row was changed, or is another user's or
    /// certificate's; or the older recovery key that it is under is gone. Others open.
    #[error("the archived key of certificate {serial} does not open: {why}")]
    Damaged { serial: String, why: String },
}

impl ArchiveError {
    /// In words that name the certificate, whatever it was.
    #[must_use]
    pub fn told_of(&self, serial: &str) -> String {
        match self {
            Self::Unavailable(why) => {
                format!("the archived key of certificate {serial} does not open: {why}")
            }
            Self::Damaged { .. } => self.to_string(),
        }
    }
}

/// A key that could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an encryption key could not be made, read or used")]
pub struct KeyError;

/// A key as it lies in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which recovery key opens it.
    pub recovery_key: String,
    /// `enc`, then ciphertext and tag.
    pub octets: Vec<u8>,
}

/// As the settings say.
#[derive(Debug, Clone)]
pub struct Config {
    pub keys: KeyPlace,
    /// Where key files lie, and a lock.
    pub dir: PathBuf,
    /// Of the encryption keys that are made.
    pub key_type: KeyType,
}

impl Config {
    /// Not in a token.
    pub const fn is_in_files(&self) -> bool {
        matches!(self.keys, KeyPlace::Files { .. })
    }
}

/// A recovery key as administrators are shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryKeySeen {
    /// As rows have it.
    pub name: String,
    pub place: String,
}

/// The archive at work, or why it cannot work.
pub struct Archive {
    recovery_keys: RecoveryKeys,
    key_type: KeyType,
    /// By the database, when this program started: the newest recovery key that anything was under.
    expected: Option<String>,
    /// It is there, as expected.
    is_found: AtomicBool,
    /// The number of the newest recovery key that was ever there: an older one does not seal in its place.
    greatest: AtomicU32,
    stock: Arc<Stock>,
}

impl Archive {
    /// `in_use`: the recovery keys that archived keys are under. Where there are none, the first recovery key is made
    /// when it is first needed. Nothing is asked of a token here: it might hang.
    pub fn new(config: Config, in_use: &[String]) -> Self {
        Self {
            recovery_keys: RecoveryKeys::new(config.keys, config.dir),
            key_type: config.key_type,
            expected: in_use.iter().max_by_key(|name| number_of(name)).cloned(),
            is_found: AtomicBool::default(),
            greatest: AtomicU32::default(),
            stock: Arc::default(),
        }
    }

    /// The type of keys that are made (`archive.key_type`).
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// Makes keys beforehand, where they take their time.
    pub fn fill_stock(&self) {
        if self.key_type == KeyType::Rsa3072 {
            self.stock.fill();
        }
    }

    /// A new key of the type that is made here. Not on a thread that serves: there may be none in stock.
    pub fn make_key(&self) -> Result<EncryptionKey, KeyError> {
        let in_stock = match self.key_type {
            KeyType::P256 => None,
            KeyType::Rsa3072 => self.stock.take(),
        };
        in_stock.map_or_else(|| EncryptionKey::make(self.key_type), Ok)
    }

    /// Whether keys can be sealed and opened now: proven with the newest recovery key. May wait for a token: not on a
    /// thread that serves.
    pub fn check(&self) -> Result<(), ArchiveError> {
        let key = self.newest()?;
        let (info, octets) = (b"smart-id archive check v1\n", chance::octets::<32>());
        let octets = octets.map_err(|_| KeyError)?;
        let message = hpke::seal(key.point(), info, &octets)?;
        let opened = match key.agree(&message.enc)? {
            Some(ecdh) => hpke::open_agreed(&ecdh, key.point(), info, &message.enc, &message.ciphertext),
            None => Err(KeyError),
        };
        if opened.is_ok_and(|opened| *opened == octets) {
            Ok(())
        } else {
            Err(ArchiveError::Unavailable(format!(
                "{} does not open what was sealed to it",
                self.recovery_keys.place(key.number)
            )))
        }
    }

    /// Whether the key that seals here is the one of its number everywhere. `in_use`: the recovery keys that archived keys
    /// are under now. May wait for a token.
    pub fn agree_with(&self, in_use: &[String]) -> Result<(), ArchiveError> {
        let newest = self.newest()?;
        // A row whose name is no name is damaged, and says nothing.
        let mut others = in_use
            .iter()
            .filter(|name| is_name(name) && **name != newest.name);
        match others.find(|name| number_of(name) == Some(newest.number)) {
            None => Ok(()),
            Some(other) => Err(ArchiveError::Unavailable(format!(
                "{} is another key ({}) than the one of its number that archived keys are under ({other}): another server \
                 has made one of its own. Copy that one here; or, where both have sealed, make the next one by \
                 `selfservice archive rotate`, copy it to the other server, and run `selfservice archive rotate --resume` \
                 there",
                self.recovery_keys.place(newest.number),
                newest.name
            ))),
        }
    }

    /// Bound to user and serial number. May wait for a token: not on a thread that serves.
    pub fn seal(&self, user: Uuid, serial: &str, key: &EncryptionKey) -> Result<Sealed, ArchiveError> {
        let recovery_key = self.newest()?;
        let message = hpke::seal(recovery_key.point(), &info(user, serial), key.pkcs8())?;
        Ok(Sealed {
            recovery_key: recovery_key.name,
            octets: message.octets(),
        })
    }

    /// Likewise.
    pub fn open(&self, user: Uuid, serial: &str, sealed: &Sealed) -> Result<EncryptionKey, ArchiveError> {
        let lost = |why: String| ArchiveError::Damaged {
            serial: serial.to_owned(),
            why,
        };
        let damaged = || lost("its row is damaged".into());
        let number = number_of(&sealed.recovery_key).ok_or_else(damaged)?;
        let (enc, ciphertext) = split(&sealed.octets).ok_or_else(damaged)?;
        let key = match self.named(number, &sealed.recovery_key) {
            Err(error) if self.is_older(number)? => return Err(lost(error.to_string())),
            named => named?,
        };
        let ecdh = key.agree(enc)?.ok_or_else(damaged)?;
        hpke::open_agreed(&ecdh, key.point(), &info(user, serial), enc, ciphertext)
            .and_then(|pkcs8| EncryptionKey::from_pkcs8(&pkcs8))
            .map_err(|_| damaged())
    }

    /// The same key under the newest recovery key.
    pub fn seal_anew(&self, user: Uuid, serial: &str, sealed: &Sealed) -> Result<Sealed, ArchiveError> {
        self.seal(user, serial, &self.open(user, serial, sealed)?)
    }

    /// The next recovery key, which seals from now on in every program that finds it in the same place. `in_use`: as for
    /// `new`; a number that was used is not used again.
    pub fn make_recovery_key(&self, in_use: &[String]) -> Result<RecoveryKeySeen, ArchiveError> {
        let used = in_use.iter().filter_map(|name| number_of(name)).max();
        let used = used.max(Some(self.greatest.load(Ordering::Acquire)));
        let key = self.recovery_keys.make_after(used.unwrap_or_default())?;
        self.greatest.fetch_max(key.number, Ordering::AcqRel);
        // Whatever was expected at the start, this one is newer.
        self.is_found.store(true, Ordering::Release);
        Ok(self.seen(key))
    }

    /// In order of their number; the last one seals.
    pub fn recovery_keys(&self) -> Result<Vec<RecoveryKeySeen>, ArchiveError> {
        let mut keys = Vec::new();
        for number in self.recovery_keys.numbers()? {
            keys.extend(self.recovery_keys.key(number)?.map(|key| self.seen(key)));
        }
        Ok(keys)
    }

    fn seen(&self, key: RecoveryKey) -> RecoveryKeySeen {
        RecoveryKeySeen {
            name: key.name,
            place: self.recovery_keys.place(key.number),
        }
    }

    /// The one that seals.
    fn newest(&self) -> Result<RecoveryKey, ArchiveError> {
        // Before the list is read: another thread may make a key after it.
        let (was_found, greatest) = (self.is_found(), self.greatest.load(Ordering::Acquire));
        let mut numbers = self.recovery_keys.numbers()?;
        if numbers.is_empty() && self.expected.is_none() && !was_found {
            self.recovery_keys.make_first()?;
            numbers = self.recovery_keys.numbers()?;
        }
        let newest = numbers.last().copied().unwrap_or_default();
        if newest < greatest {
            return Err(self.missing(greatest));
        }
        if let Some(expected) = self.expected.as_ref().filter(|_| !self.is_found()) {
            let number = number_of(expected).unwrap_or_default();
            // Under a newer one there is nothing yet.
            if number >= newest {
                self.named(number, expected)?;
            }
        }
        let key = self.recovery_keys.key(newest)?;
        let key = key.ok_or_else(|| self.missing(newest.max(1)))?;
        self.is_found.store(true, Ordering::Release);
        self.greatest.fetch_max(newest, Ordering::AcqRel);
        Ok(key)
    }

    fn is_found(&self) -> bool {
        self.is_found.load(Ordering::Acquire)
    }

    /// Whether what is under this recovery key waits for a copy of it: it is newer than every one that is here.
    pub fn is_newer(&self, recovery_key: &str) -> Result<bool, ArchiveError> {
        let newest = self.recovery_keys.numbers()?.last().copied();
        Ok(number_of(recovery_key) > newest)
    }

    fn is_older(&self, number: u32) -> Result<bool, ArchiveError> {
        let numbers = self.recovery_keys.numbers()?;
        Ok(numbers.last().is_some_and(|newest| number < *newest))
    }

    /// The very key that a row names.
    fn named(&self, number: u32, name: &str) -> Result<RecoveryKey, ArchiveError> {
        let key = self.recovery_keys.key(number)?;
        let key = key.ok_or_else(|| self.missing(number))?;
        if key.name == name {
            Ok(key)
        } else {
            Err(ArchiveError::Unavailable(format!(
                "{} is another key ({}) than the one that archived keys are under ({name}): restore that one from a back-up",
                self.recovery_keys.place(number),
                key.name
            )))
        }
    }

    fn missing(&self, number: u32) -> ArchiveError {
        ArchiveError::Unavailable(format!(
            "the recovery key is missing: {}. Copy it from the server that made it, or restore it from a back-up",
            self.recovery_keys.place(number)
        ))
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Archive({:?}, …)", self.key_type)
    }
}

/// What an archived key is bound to.
fn info(user: Uuid, serial: &str) -> Vec<u8> {
    format!("smart-id archive v1\nuser {user}\nserial {serial}\n").into_bytes()
}
