//! A token and the sessions with it. A session serves one thread at a time. One that died is opened anew; where that
//! does not bring the token back, its module is started anew.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use secrecy::SecretString;

use super::super::{Owner, TokenAccess};
use super::TokenError;
use super::error::TokenName;
use super::module::{Module, lock};

/// So many signatures at once. Small HSMs have sixteen sessions for all of their users.
const SEATS: usize = 4;

pub(super) struct Token {
    module: Arc<Module>,
    name: TokenName,
    pin: SecretString,
    /// Held while a session opens, so that nobody tries a PIN that was just refused: it is never tried again.
    pin_refused: Mutex<bool>,
    seats: Arc<Seats>,
    next: AtomicUsize,
}

pub(super) type Seats = [Mutex<Option<Seat>>; SEATS];

/// A session, and the private keys that were found in it.
pub(super) struct Seat {
    pub session: Session,
    pub keys: HashMap<String, ObjectHandle>,
}

impl Token {
    pub fn open(access: &TokenAccess) -> Result<Self, TokenError> {
        let token = Self {
            module: Module::load(&access.module, access.owner)?,
            name: TokenName {
                label: access.token.clone(),
                owner: access.owner,
            },
            pin: access.pin.clone(),
            pin_refused: Mutex::default(),
            seats: Arc::default(),
            next: AtomicUsize::default(),
        };
        token.module.keep(&token.seats);
        match access.owner {
            Owner::Ca => token.offers(MechanismType::ECDSA, "CKM_ECDSA")?,
            Owner::Archive => token.offers(MechanismType::ECDH1_DERIVE, "CKM_ECDH1_DERIVE")?,
        }
        token.attempt(|_| Ok(())).1?;
        Ok(token)
    }

    /// For messages.
    pub fn name(&self) -> TokenName {
        self.name.clone()
    }

    pub fn label(&self) -> &str {
        &self.name.label
    }

    /// Turns what the module answers into our words.
    pub fn failed(&self, doing: &'static str) -> impl Fn(Error) -> TokenError {
        move |fault| TokenError::of(&self.name, doing, fault)
    }

    pub fn offers(&self, mechanism: MechanismType, name: &'static str) -> Result<(), TokenError> {
        let (slot, _) = self.slot()?;
        match self.module.library.get_mechanism_info(slot, mechanism) {
            Ok(_) => Ok(()),
            Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => Err(TokenError::Mechanism {
                token: self.name(),
                mechanism: name,
            }),
            Err(fault) => Err(self.failed("say what it can do")(fault)),
        }
    }

    /// Work in a session that is logged in; it may be begun again.
    pub fn in_session<T>(&self, work: impl Fn(&mut Seat) -> Result<T, TokenError>) -> Result<T, TokenError> {
        match self.attempt(&work) {
            (starts, Err(error)) if error.is_of_a_lost_token() => {
                tracing::warn!(token = self.label(), %error, "the token is lost; its module is started anew");
                self.module.start_anew(starts)?;
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
        let _starts = self.module.starts();
        work(&self.session(Access::Write)?)
    }

    /// Where the session turns out to be dead, once more in a new one. Says how often the module was started by then.
    fn attempt<T>(&self, work: impl Fn(&mut Seat) -> Result<T, TokenError>) -> (u32, Result<T, TokenError>) {
        let starts = self.module.starts();
        let mut seat = self.seat();
        let done = match self.at(&mut seat, &work) {
            Err(error) if error.is_of_a_dead_session() => {
                tracing::warn!(token = self.label(), %error, "a session with the token is dead; a new one is opened");
                self.at(&mut seat, &work)
            }
            done => done,
        };
        (*starts, done)
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
        for seat in self.seats.iter() {
            match seat.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(broken)) => return broken.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % SEATS;
        let [first, ..] = &*self.seats;
        lock(self.seats.get(turn).unwrap_or(first))
    }

    fn session(&self, access: Access) -> Result<Session, TokenError> {
        let mut pin_refused = lock(&self.pin_refused);
        if *pin_refused {
            return Err(self.pin_wrong());
        }
        let (slot, token) = self.slot()?;
        let session = match access {
            Access::Read => self.module.library.open_ro_session(slot),
            Access::Write if token.write_protected() => {
                return Err(TokenError::ReadOnly { token: self.name() });
            }
            Access::Write => self.module.library.open_rw_session(slot),
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
        if token.user_pin_locked() {
            return Err(TokenError::PinLocked { token: self.name() });
        }
        if token.user_pin_final_try() {
            return Err(TokenError::PinLastTry { token: self.name() });
        }
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(fault) => Err(self.failed("log in")(fault)),
        }
    }

    fn pin_wrong(&self) -> TokenError {
        TokenError::PinWrong { token: self.name() }
    }

    /// By the label each time: a token that was pulled out may come back in another slot.
    fn slot(&self) -> Result<(Slot, TokenInfo), TokenError> {
        let slots = self.module.library.get_slots_with_token();
        let slots = slots.map_err(self.failed("appear in the module's list of slots"))?;
        let tokens: Vec<(Slot, TokenInfo)> = slots
            .into_iter()
            .filter_map(|slot| Some((slot, self.module.library.get_token_info(slot).ok()?)))
            .filter(|(_, token)| token.token_initialized())
            .collect();
        let (ours, others): (Vec<_>, Vec<_>) = tokens
            .into_iter()
            .partition(|(_, token)| token.label() == self.name.label);
        let count = ours.len();
        match (ours.into_iter().next(), count) {
            (Some(ours), 1) => Ok(ours),
            (None, _) => Err(TokenError::NoToken {
                token: self.name(),
                there: named(&others),
            }),
            (Some(_), count) => Err(TokenError::SameLabel {
                token: self.name(),
                count,
            }),
        }
    }
}

impl Drop for Token {
    /// Sessions end before their module does.
    fn drop(&mut self) {
        for seat in self.seats.iter() {
            *lock(seat) = None;
        }
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
