//! Password hashes: argon2id with OWASP's parameters, off the async threads and never too many at once.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::{sync::Semaphore, task::spawn_blocking};

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password could not be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    #[error("the hashing was interrupted")]
    Interrupted,
}

#[derive(Debug, Clone)]
pub struct Passwords {
    /// Each hash takes 19 MiB and 40 ms of a core: more at once than cores would only take memory.
    at_once: Arc<Semaphore>,
    /// Verified in place of a missing user's, so that the answer takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    pub fn new() -> Result<Self, PasswordError> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let nobody = hash("nobody has this password")?;
        Ok(Self {
            at_once: Arc::new(Semaphore::new(cores)),
            nobody: nobody.into(),
        })
    }

    /// A PHC string.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let _permit = self
            .at_once
            .acquire()
            .await
            .map_err(|_| PasswordError::Interrupted)?;
        spawn_blocking(move || hash(&password))
            .await
            .map_err(|_| PasswordError::Interrupted)?
    }

    /// Whether it is the password behind `hash`. Without a hash the work is done all the same, and the answer is no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let _permit = self
            .at_once
            .acquire()
            .await
            .map_err(|_| PasswordError::Interrupted)?;
        let fits = spawn_blocking(move || {
            let hash = PasswordHash::new(&hash).map_err(|_| argon2::password_hash::Error::EncodingInvalid)?;
            Ok(Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok())
        });
        let fits = fits
            .await
            .map_err(|_| PasswordError::Interrupted)?
            .map_err(PasswordError::Hash)?;
        Ok(fits && known)
    }
}

/// Argon2id version 19, 19 MiB, two passes, one lane: the crate's default is OWASP's first choice.
fn hash(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_with_owasp_parameters_and_fits_its_password_only() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("demo-password".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(
            passwords
                .verify("demo-password".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("Demo-password".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("nobody has this password".into(), None)
                .await
                .unwrap()
        );
    }
}
