//! A PKCS#11 module: loaded and started once in a program, however many tokens are reached through it. Whoever starts it
//! anew ends the sessions of all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, Weak};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use super::super::Owner;
use super::TokenError;
use super::token::Seats;

static LOADED: Mutex<Vec<Weak<Module>>> = Mutex::new(Vec::new());

pub(super) struct Module {
    pub library: Pkcs11,
    path: PathBuf,
    /// How often it was started anew. Held by whoever works with it, for that ends all that is under way.
    starts: RwLock<u32>,
    /// The sessions of each token. They are closed before it ends, so that none is closed twice.
    seats: Mutex<Vec<Weak<Seats>>>,
}

impl Module {
    pub fn load(path: &Path, owner: Owner) -> Result<Arc<Self>, TokenError> {
        let mut loaded = lock(&LOADED);
        loaded.retain(|module| module.strong_count() > 0);
        let mut known = loaded.iter().filter_map(Weak::upgrade);
        if let Some(module) = known.find(|module| module.path == path) {
            return Ok(module);
        }
        let module = Arc::new(Self {
            library: Pkcs11::new(path).map_err(|fault| TokenError::module(path, owner, fault))?,
            path: path.to_owned(),
            starts: RwLock::default(),
            seats: Mutex::default(),
        });
        module.start()?;
        loaded.push(Arc::downgrade(&module));
        Ok(module)
    }

    pub fn keep(&self, seats: &Arc<Seats>) {
        let mut all = lock(&self.seats);
        all.retain(|seats| seats.strong_count() > 0);
        all.push(Arc::downgrade(seats));
    }

    pub fn starts(&self) -> RwLockReadGuard<'_, u32> {
        self.starts.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unless somebody else has done so since it had been started so often.
    pub fn start_anew(&self, starts: u32) -> Result<(), TokenError> {
        let mut now = self.starts.write().unwrap_or_else(PoisonError::into_inner);
        if *now == starts {
            self.end();
            *now += 1;
            self.start()?;
        }
        Ok(())
    }

    fn start(&self) -> Result<(), TokenError> {
        let threads = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        let started = self.library.initialize(threads);
        started.map_err(|fault| TokenError::start(&self.path, fault))
    }

    fn end(&self) {
        for seats in lock(&self.seats).iter().filter_map(Weak::upgrade) {
            for seat in seats.iter() {
                *lock(seat) = None;
            }
        }
        match self.library.clone().finalize() {
            // It did not start the last time.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiNotInitialized, _)) => {}
            Err(error) => {
                tracing::warn!(module = %self.path.display(), %error, "the PKCS#11 module does not end cleanly");
            }
        }
    }
}

impl Drop for Module {
    /// The module's threads and connections end before the program unloads it.
    fn drop(&mut self) {
        self.end();
    }
}

pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
