//! RSA keys made beforehand, since one takes half a second of CPU and more: a request normally takes one that is there.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use shared::api::KeyType;

use super::EncryptionKey;

/// As many as may be asked for in the time that it takes to make a few.
const KEPT: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Stock {
    keys: Mutex<Vec<EncryptionKey>>,
    is_filled: AtomicBool,
}

impl Stock {
    /// `None` where there is none left. Either way more are made.
    pub fn take(self: &Arc<Self>) -> Option<EncryptionKey> {
        let key = self.keys().pop();
        self.fill();
        key
    }

    /// On a thread of its own, one at a time.
    pub fn fill(self: &Arc<Self>) {
        if self.is_filled.swap(true, Ordering::AcqRel) {
            return;
        }
        let stock = self.clone();
        let started = thread::Builder::new().name("key stock".into()).spawn(move || {
            stock.work();
            stock.is_filled.store(false, Ordering::Release);
        });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread to make encryption keys beforehand");
            self.is_filled.store(false, Ordering::Release);
        }
    }

    fn work(&self) {
        while self.keys().len() < KEPT {
            match EncryptionKey::make(KeyType::Rsa3072) {
                Ok(key) => self.keys().push(key),
                Err(error) => {
                    tracing::warn!(%error, "no encryption keys are made beforehand");
                    return;
                }
            }
        }
    }

    fn keys(&self) -> MutexGuard<'_, Vec<EncryptionKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
