//! A token and the sessions with it. A session serves one thread at a time; one that died is opened anew.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

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
    label: String,
    pin: SecretString,
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
        let token = Self {
            module: load(&access.module)?,
            label: access.token.clone(),
            pin: access.pin.clone(),
            pin_refused: Mutex::default(),
            seats: std::array::from_fn(|_| Mutex::default()),
            next: AtomicUsize::default(),
        };
        token.offers(MechanismType::ECDSA, "CKM_ECDSA")?;
        token.in_session(|_| Ok(()))?;
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
        let offered = self.module.get_mechanism_list(slot);
        if offered
            .map_err(self.failed("say what it can do"))?
            .contains(&mechanism)
        {
            return Ok(());
        }
        Err(TokenError::Mechanism {
            token: self.label.clone(),
            mechanism: name,
        })
    }

    /// Work in a session that is logged in. Where it turns out to be dead, the work is begun again in a new one, once.
    pub fn in_session<T>(&self, work: impl Fn(&mut Seat) -> Result<T, TokenError>) -> Result<T, TokenError> {
        let mut seat = self.seat();
        match self.at(&mut seat, &work) {
            Err(error) if error.is_of_a_dead_session() => {
                tracing::warn!(token = self.label, %error, "a session with the token is dead; a new one is tried");
                self.at(&mut seat, &work)
            }
            done => done,
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

    pub fn session(&self, access: Access) -> Result<Session, TokenError> {
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
            Err(fault) => Err(TokenError::of(&self.label, "log in", fault)),
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
        for seat in &self.seats {
            *lock(seat) = None;
        }
        if let Err(error) = self.module.clone().finalize() {
            tracing::warn!(token = self.label, %error, "the PKCS#11 module does not end cleanly");
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    Read,
    Write,
}

fn load(path: &Path) -> Result<Pkcs11, TokenError> {
    let path = || path.to_owned();
    let module = Pkcs11::new(path()).map_err(|fault| TokenError::Module { path: path(), fault })?;
    let threads = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match module.initialize(threads) {
        Ok(()) => Ok(module),
        Err(fault) => Err(TokenError::Start { path: path(), fault }),
    }
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
