//! What a token can refuse, in plain words, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

use super::super::Owner;

/// What a module answered, without the standard's prose about it.
#[derive(Debug)]
pub struct Fault(Error);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Error::Pkcs11(code, function) => write!(f, "C_{function:?} answers {code:?}"),
            Error::LibraryLoading(error) => error.fmt(f),
            error => error.fmt(f),
        }
    }
}

/// A token, and whose keys it holds: the settings that name it go by that.
#[derive(Clone)]
pub struct TokenName {
    pub label: String,
    pub owner: Owner,
}

impl fmt::Debug for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.label, f)
    }
}

/// Why a token gives or makes no key, or does not use one.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(
        "the PKCS#11 module {path} ({}.pkcs11.module) cannot be loaded: {fault}. It is the shared library that comes \
         with the HSM's client software; SoftHSM2's is /usr/lib/softhsm/libsofthsm2.so",
        .owner.section()
    )]
    Module {
        path: PathBuf,
        owner: Owner,
        fault: Fault,
    },
    #[error(
        "the PKCS#11 module {path} does not start: {fault}. Look into the configuration of the HSM's client software \
         (for SoftHSM2 the file that SOFTHSM2_CONF names)"
    )]
    Start { path: PathBuf, fault: Fault },
    #[error(
        "there is no token {token:?} ({}.pkcs11.token): {there}. Connect it, correct the setting, or look whether \
         this user may read what the HSM's client software reads",
        .token.owner.section()
    )]
    NoToken { token: TokenName, there: String },
    #[error(
        "{count} tokens are called {token:?} ({}.pkcs11.token), and only one of them can hold the keys: \
         disconnect or rename the others",
        .token.owner.section()
    )]
    SameLabel { token: TokenName, count: usize },
    #[error(
        "the token {token:?} refuses the PIN ({}.pkcs11.pin). Wrong tries are counted, and after a few of them the \
         token locks itself: correct the PIN before the next start",
        .token.owner.section()
    )]
    PinWrong { token: TokenName },
    #[error(
        "the token {token:?} has one try of its PIN left before it locks itself, so this program does not try. Log in \
         once by hand with the right PIN (`pkcs11-tool --module … --token-label … --login --list-objects`), which \
         clears the count, and start again"
    )]
    PinLastTry { token: TokenName },
    #[error(
        "the PIN of the token {token:?} is locked after too many wrong tries: unlock it with the tools of the HSM's \
         maker, as its security officer, and correct {}.pkcs11.pin",
        .token.owner.section()
    )]
    PinLocked { token: TokenName },
    #[error(
        "the token {token:?} has no user PIN yet: set one as its security officer \
         (`pkcs11-tool --module … --token-label … --login --login-type so --init-pin`)"
    )]
    PinUnset { token: TokenName },
    #[error(
        "the token {token:?} can only be read, so no key can be made in it: take the write protection away, or make \
         the key elsewhere and bring it in"
    )]
    ReadOnly { token: TokenName },
    #[error(
        "the token {token:?} does not offer {mechanism}, which is needed for P-256 and P-384: allow it in the \
         HSM's policy, or take another token"
    )]
    Mechanism {
        token: TokenName,
        mechanism: &'static str,
    },
    #[error("the token {token:?} holds a key {name:?} already, which is never replaced")]
    Taken { token: TokenName, name: String },
    #[error(
        "the token {token:?} holds {count} private keys {name:?}: rename or delete all but the one that counts"
    )]
    Several {
        token: TokenName,
        name: String,
        count: usize,
    },
    #[error(
        "the token {token:?} holds the private key {name:?} but not the public key of the same label and CKA_ID: \
         bring that one in as well (`pkcs11-tool --write-object … --type pubkey`)"
    )]
    HalfAPair { token: TokenName, name: String },
    #[error("the key {name:?} in the token {token:?} is no key for P-256 or P-384")]
    Kind { token: TokenName, name: String },
    #[error(
        "the key {name:?} could be read out of the token {token:?} (its CKA_SENSITIVE is false): bring it in again as \
         a sensitive key (`pkcs11-tool --write-object … --sensitive`)"
    )]
    Readable { token: TokenName, name: String },
    #[error("the key {name:?} is no longer in the token {token:?}: restore it from the token's backup")]
    Lost { token: TokenName, name: String },
    #[error("the token {token:?} gave something that is no signature")]
    NoSignature { token: TokenName },
    #[error("the token {token:?} gave something that is no shared secret of 32 octets")]
    NoSecret { token: TokenName },
    #[error(
        "the token {token:?} does not {doing}: {fault}. Look whether it is connected and ready, and into its log; where it \
         is and this stays, restart this program"
    )]
    Failed {
        token: TokenName,
        doing: &'static str,
        fault: Fault,
    },
}

impl TokenError {
    pub fn module(path: &Path, owner: Owner, fault: Error) -> Self {
        let (path, fault) = (path.to_owned(), Fault(fault));
        Self::Module { path, owner, fault }
    }

    pub fn start(path: &Path, fault: Error) -> Self {
        let (path, fault) = (path.to_owned(), Fault(fault));
        Self::Start { path, fault }
    }

    /// Of whatever the token answers, what has words of its own here.
    pub fn of(token: &TokenName, doing: &'static str, fault: Error) -> Self {
        let token = token.clone();
        let Error::Pkcs11(code, function) = &fault else {
            return Self::Failed {
                token,
                doing,
                fault: Fault(fault),
            };
        };
        match code {
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => Self::PinWrong { token },
            RvError::PinLocked => Self::PinLocked { token },
            RvError::UserPinNotInitialized => Self::PinUnset { token },
            RvError::MechanismInvalid => Self::Mechanism {
                token,
                mechanism: match function {
                    Function::GenerateKeyPair => "CKM_EC_KEY_PAIR_GEN",
                    Function::DeriveKey => "CKM_ECDH1_DERIVE",
                    _ => "CKM_ECDSA",
                },
            },
            RvError::TokenWriteProtected | RvError::SessionReadOnly => Self::ReadOnly { token },
            _ => Self::Failed {
                token,
                doing,
                fault: Fault(fault),
            },
        }
    }

    /// The session is worth nothing any more, and a new one may do: token pulled out, HSM or network restarted,
    /// logged out by somebody else, a module that did not start the last time. With the session go the handles of
    /// what was found in it.
    pub fn is_of_a_dead_session(&self) -> bool {
        matches!(
            self,
            Self::Failed {
                fault: Fault(Error::Pkcs11(
                    RvError::SessionHandleInvalid
                        | RvError::SessionClosed
                        | RvError::CryptokiNotInitialized
                        | RvError::DeviceRemoved
                        | RvError::DeviceError
                        | RvError::GeneralError
                        | RvError::FunctionFailed
                        | RvError::TokenNotPresent
                        | RvError::TokenNotRecognized
                        | RvError::UserNotLoggedIn
                        | RvError::KeyHandleInvalid
                        | RvError::ObjectHandleInvalid,
                    _,
                )),
                ..
            }
        )
    }

    /// Another try may do harm: a token counts wrong PINs.
    pub const fn is_of_the_pin(&self) -> bool {
        matches!(
            self,
            Self::PinWrong { .. } | Self::PinLastTry { .. } | Self::PinLocked { .. }
        )
    }

    /// No session can be had, or a new one is dead too. Many modules find a token again only when they start.
    pub fn is_of_a_lost_token(&self) -> bool {
        matches!(self, Self::NoToken { .. }) || self.is_of_a_dead_session()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> TokenName {
        TokenName {
            label: "ca".into(),
            owner: Owner::Ca,
        }
    }

    #[test]
    fn what_a_token_answers_has_words_of_its_own() {
        for (code, says) in [
            (RvError::PinIncorrect, "Wrong tries are counted"),
            (RvError::PinLocked, "is locked after too many wrong tries"),
            (RvError::UserPinNotInitialized, "has no user PIN yet"),
            (RvError::MechanismInvalid, "does not offer CKM_ECDSA"),
            (RvError::TokenWriteProtected, "can only be read"),
            (RvError::SessionReadOnly, "can only be read"),
            (RvError::DeviceMemory, "\"ca\" does not sign: "),
        ] {
            let error = TokenError::of(&token(), "sign", Error::Pkcs11(code, Function::Sign));
            assert!(error.to_string().contains(says), "{error}");
            assert!(!error.is_of_a_dead_session(), "{error}");
        }
        for code in [
            RvError::DeviceRemoved,
            RvError::TokenNotPresent,
            RvError::UserNotLoggedIn,
        ] {
            let error = TokenError::of(&token(), "sign", Error::Pkcs11(code, Function::Sign));
            assert!(error.is_of_a_dead_session(), "{error}");
        }
    }
}
