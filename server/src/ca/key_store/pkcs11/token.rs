//! A token and the sessions with it. A session serves one thread at a time. One that died is opened anew; where that
//! does not bring the token back, its module is started anew.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use secrecy::SecretString;

use super::super::TokenAccess;
use super::TokenError;

/// So many signatures at once. Small HSMs have sixteen sessions for all of their users.
const SEATS: usize = 4;

pub(super) struct Token {
    module: Pkcs11,
    module_path: PathBuf,
    label: String,
    pin: SecretString,
    /// How often the module was started. Held by whoever works with it, for it ends all that is under way.
    starts: RwLock<u32>,
    /// Held while a session opens, so that nobody tries a PIN that was just refused: it is never tried again.
    pin_refused: Mutex<bool>,
    seats: [Mutex<Option<Seat>>; SEATS],
    next: AtomicUsize,
}

/// A session, and the private keys that were found in it.
pub(super) struct Seat {
    pub session: Session,
    pub keys: HashMap<String, ObjectHandle>,
}

impl Token {
    pub fn open(access: &TokenAccess) -> Result<Self, TokenError> {
        let path = &access.module;
        let token = Self {
            module: Pkcs11::new(path).map_err(|fault| TokenError::module(path, fault))?,
            module_path: path.clone(),
            label: access.token.clone(),
            pin: access.pin.clone(),
            starts: RwLock::default(),
            pin_refused: Mutex::default(),
            seats: std::array::from_fn(|_| Mutex::default()),
            next: AtomicUsize::default(),
        };
        token.start()?;
        token.offers(MechanismType::ECDSA, "CKM_ECDSA")?;
        token.attempt(|_| Ok(())).1?;
        Ok(token)
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    /// Turns what the module answers into our words.
    pub fn failed(&self, doing: &'static str) -> impl Fn(Error) -> TokenError {
        move |fault| TokenError::of(&self.label, doing, fault)
    }

    pub fn offers(&self, mechanism: MechanismType, name: &'static str) -> Result<(), TokenError> {
        let (slot, _) = self.slot()?;
        match self.module.get_mechanism_info(slot, mechanism) {
            Ok(_) => Ok(()),
            Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => Err(TokenError::Mechanism {
                token: self.label.clone(),
                mechanism: name,
            }),
            Err(fault) => Err(self.failed("say what it can do")(fault)),
        }
    }

    /// Work in a session that is logged in; it may be begun again.
    pub fn in_session<T>(&self, work: impl Fn(&mut Seat) -> Result<T, TokenError>) -> Result<T, TokenError> {
        match self.attempt(&work) {
            (starts, Err(error)) if error.is_of_a_lost_token() => {
                tracing::warn!(token = self.label, %error, "the token is lost; its module is started anew");
                self.start_anew(starts)?;
                self.attempt(&work).1
            }
            (_, done) => done,
        }
    }

    /// Work that writes; it is not begun again.
    pub fn in_writing_session<T>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let _starts = self.starts();
        work(&self.session(Access::Write)?)
    }

    /// Where the session turns out to be dead, once more in a new one. Says how often the module was started by then.
    fn attempt<T>(&self, work: impl Fn(&mut Seat) -> Result<T, TokenError>) -> (u32, Result<T, TokenError>) {
        let starts = self.starts();
        let mut seat = self.seat();
        let done = match self.at(&mut seat, &work) {
            Err(error) if error.is_of_a_dead_session() => {
                tracing::warn!(token = self.label, %error, "a session with the token is dead; a new one is opened");
                self.at(&mut seat, &work)
            }
            done => done,
        };
        (*starts, done)
    }

    fn starts(&self) -> RwLockReadGuard<'_, u32> {
        self.starts.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self) -> Result<(), TokenError> {
        let threads = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        let started = self.module.initialize(threads);
        started.map_err(|fault| TokenError::start(&self.module_path, fault))
    }

    /// Unless somebody else has done so since it had been started so often.
    fn start_anew(&self, starts: u32) -> Result<(), TokenError> {
        let mut now = self.starts.write().unwrap_or_else(PoisonError::into_inner);
        if *now == starts {
            self.end();
            *now += 1;
            self.start()?;
        }
        Ok(())
    }

    fn end(&self) {
        for seat in &self.seats {
            *lock(seat) = None;
        }
        match self.module.clone().finalize() {
            // It did not start the last time.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiNotInitialized, _)) => {}
            Err(error) => {
                tracing::warn!(token = self.label, %error, "the PKCS#11 module does not end cleanly");
            }
        }
    }

    /// After a failure nobody knows what the session is still good for, so it is closed.
    fn at<T>(
        &self,
        seat: &mut Option<Seat>,
        work: impl Fn(&mut Seat) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let taken = match seat {
            Some(taken) => taken,
            None => seat.insert(Seat {
                session: self.session(Access::Read)?,
                keys: HashMap::new(),
            }),
        };
        let done = work(taken);
        if done.is_err() {
            *seat = None;
        }
        done
    }

    /// One that is free, or the next in turn as soon as it is.
    fn seat(&self) -> MutexGuard<'_, Option<Seat>> {
        for seat in &self.seats {
            match seat.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(broken)) => return broken.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % SEATS;
        let [first, ..] = &self.seats;
        lock(self.seats.get(turn).unwrap_or(first))
    }

    fn session(&self, access: Access) -> Result<Session, TokenError> {
        let mut pin_refused = lock(&self.pin_refused);
        if *pin_refused {
            return Err(self.pin_wrong());
        }
        let (slot, token) = self.slot()?;
        let session = match access {
            Access::Read => self.module.open_ro_session(slot),
            Access::Write if token.write_protected() => {
                return Err(TokenError::ReadOnly {
                    token: self.label.clone(),
                });
            }
            Access::Write => self.module.open_rw_session(slot),
        };
        let session = session.map_err(self.failed("open a session"))?;
        let logged_in = self.log_in(&session, &token);
        *pin_refused = matches!(logged_in, Err(TokenError::PinWrong { .. }));
        logged_in.map(|()| session)
    }

    /// All sessions of a program with a token are logged in together.
    fn log_in(&self, session: &Session, token: &TokenInfo) -> Result<(), TokenError> {
        let state = session
            .get_session_info()
            .map_err(self.failed("describe a session"))?;
        if matches!(state.session_state(), SessionState::RoUser | SessionState::RwUser) {
            return Ok(());
        }
        let label = || self.label.clone();
        if token.user_pin_locked() {
            return Err(TokenError::PinLocked { token: label() });
        }
        if token.user_pin_final_try() {
            return Err(TokenError::PinLastTry { token: label() });
        }
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(fault) => Err(self.failed("log in")(fault)),
        }
    }

    fn pin_wrong(&self) -> TokenError {
        TokenError::PinWrong {
            token: self.label.clone(),
        }
    }

    /// By the label each time: a token that was pulled out may come back in another slot.
    fn slot(&self) -> Result<(Slot, TokenInfo), TokenError> {
        let slots = self.module.get_slots_with_token();
        let slots = slots.map_err(self.failed("appear in the module's list of slots"))?;
        let tokens: Vec<(Slot, TokenInfo)> = slots
            .into_iter()
            .filter_map(|slot| Some((slot, self.module.get_token_info(slot).ok()?)))
            .filter(|(_, token)| token.token_initialized())
            .collect();
        let (ours, others): (Vec<_>, Vec<_>) = tokens
            .into_iter()
            .partition(|(_, token)| token.label() == self.label);
        let count = ours.len();
        match (ours.into_iter().next(), count) {
            (Some(ours), 1) => Ok(ours),
            (None, _) => Err(TokenError::NoToken {
                token: self.label.clone(),
                there: named(&others),
            }),
            (Some(_), count) => Err(TokenError::SameLabel {
                token: self.label.clone(),
                count,
            }),
        }
    }
}

impl Drop for Token {
    /// The module's threads and connections end before the program unloads it.
    fn drop(&mut self) {
        self.end();
    }
}

#[derive(Debug, Clone, Copy)]
enum Access {
    Read,
    Write,
}

fn named(tokens: &[(Slot, TokenInfo)]) -> String {
    if tokens.is_empty() {
        return "the module shows no token at all".to_owned();
    }
    let labels: Vec<_> = tokens
        .iter()
        .map(|(_, token)| format!("{:?}", token.label()))
        .collect();
    format!("there are {}", labels.join(", "))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
