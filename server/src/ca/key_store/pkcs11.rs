//! Keys in a PKCS#11 token, an HSM or SoftHSM2: made in it, found by their label, and never to be had outside.

mod error;
mod key;
mod module;
mod objects;
mod token;

use std::sync::Arc;

pub use error::TokenError;
use key::TokenKey;
use objects::Use;
use token::Token;

use super::{Agreement, Curve, Key, KeyStore, KeyStoreError, TokenAccess};

pub struct TokenKeyStore {
    token: Arc<Token>,
}

impl TokenKeyStore {
    /// Finds the token and logs in once.
    pub fn open(access: &TokenAccess) -> Result<Self, TokenError> {
        let token = Arc::new(Token::open(access)?);
        Ok(Self { token })
    }
}

impl KeyStore for TokenKeyStore {
    fn lookup(&self, name: &str) -> Result<Option<Key>, KeyStoreError> {
        let found = self.token.find(name)?;
        Ok(found.map(|public| Key::new(TokenKey::new(self.token.clone(), name, public))))
    }

    fn create(&self, name: &str, curve: Curve) -> Result<Key, KeyStoreError> {
        self.token.generate(name, curve, Use::Sign)?;
        // What the token made is read back as at every other start.
        self.lookup(name)?.ok_or_else(|| self.token.lost(name).into())
    }

    fn lookup_agreement(&self, name: &str) -> Result<Option<Arc<dyn Agreement>>, KeyStoreError> {
        match self.token.find(name)? {
            None => Ok(None),
            Some(public) if public.curve == Curve::P256 => {
                Ok(Some(Arc::new(TokenKey::new(self.token.clone(), name, public))))
            }
            Some(_) => Err(self.token.kind(name).into()),
        }
    }

    fn create_agreement(&self, name: &str) -> Result<Arc<dyn Agreement>, KeyStoreError> {
        self.token.generate(name, Curve::P256, Use::Agree)?;
        self.lookup_agreement(name)?
            .ok_or_else(|| self.token.lost(name).into())
    }

    fn names(&self) -> Result<Vec<String>, KeyStoreError> {
        Ok(self.token.names()?)
    }

    fn place(&self, name: &str) -> String {
        format!("the key {name:?} in the token {:?}", self.token.label())
    }

    fn is_in_memory(&self) -> bool {
        false
    }
}
