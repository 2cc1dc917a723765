//! What every use case may reach: store, CA, clock, limits, scripts, and the bell for those who wait.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Semaphore, broadcast};
use uuid::Uuid;

pub use super::{lists::LastCrl, options::Scripts, responder::Ocsp};
use crate::{
    archive::Archive,
    ca::{Authority, Generation},
    clock::Clock,
    domain::limits::Limits,
    mail::Mailer,
    password::Passwords,
    store::Store,
};

/// How long a signature, or the archive, may take. Whoever waits for one may hold what others want.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Signatures side by side.
static SIGNING: Semaphore = Semaphore::const_new(32);
/// The archive's work side by side: a token of its own that hangs takes no place from signatures.
static ARCHIVING: Semaphore = Semaphore::const_new(8);

/// The token that holds the CA's keys has not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the CA's keys do not answer: look at the token (ca.pkcs11)")]
pub struct CaSilent;

/// Likewise for the key archive: the token that holds its recovery key has not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key archive does not answer: look at the token of its recovery key (archive.pkcs11)")]
pub struct ArchiveSilent;

#[derive(Debug, Clone)]
pub struct Context {
    pub store: Store,
    pub ca: Arc<Authority>,
    pub clock: Clock,
    pub limits: Limits,
    /// The administrator's scripts, as far as they were used already.
    pub scripts: Scripts,
    pub passwords: Passwords,
    pub changes: Changes,
    pub last_crl: LastCrl,
    pub ocsp: Ocsp,
    pub archive: Arc<Archive>,
    /// `None`: no mail path is configured (`mail.url`), and what needs one refuses.
    pub mail: Option<Arc<Mailer>>,
}

impl Context {
    /// The CA signs a few octets: here and now, or, where its key is in a token, which takes its time or never answers,
    /// beside the threads that serve.
    pub async fn with_ca<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Authority) -> T + Send + 'static,
    ) -> Result<T, CaSilent> {
        if self.ca.keys_are_in_memory() {
            return Ok(work(&self.ca));
        }
        let ca = self.ca.clone();
        beside(&SIGNING, move || work(&ca)).await.ok_or(CaSilent)
    }

    /// The key archive at work: as for the CA.
    pub async fn with_archive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Archive) -> T + Send + 'static,
    ) -> Result<T, ArchiveSilent> {
        let archive = self.archive.clone();
        beside(&ARCHIVING, move || work(&archive))
            .await
            .ok_or(ArchiveSilent)
    }

    /// One generation of the issuing CA at work, beside the threads that serve: a list may be long. `None` where this
    /// server does not know it.
    pub async fn with_generation<T: Send + 'static>(
        &self,
        number: u32,
        work: impl FnOnce(&Generation) -> T + Send + 'static,
    ) -> Result<Option<T>, CaSilent> {
        let ca = self.ca.clone();
        let sign = move || ca.generation(number).map(work);
        beside(&SIGNING, sign).await.ok_or(CaSilent)
    }
}

/// Work on a thread of its own. `None` where it takes too long.
async fn beside<T: Send + 'static>(
    places: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let done = async {
        let place = places.acquire().await;
        // What hangs keeps its place: threads are not without end.
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
    };
    match tokio::time::timeout(ANSWER_WITHIN, done).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(broken)) => std::panic::resume_unwind(broken.into_panic()),
        Err(_) => None,
    }
}

/// Rings when a process has changed, for pages and phones that wait in this server. Those who wait look again now
/// and then as well: the command line and other servers change processes too.
#[derive(Debug, Clone)]
pub struct Changes(broadcast::Sender<Uuid>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::channel(1_024).0)
    }
}

impl Changes {
    pub fn ring(&self, process: Uuid) {
        // Nobody waits: nobody is told.
        let _ = self.0.send(process);
    }

    pub fn listen(&self) -> broadcast::Receiver<Uuid> {
        self.0.subscribe()
    }
}
