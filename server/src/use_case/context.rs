//! What every use case may reach: store, CA, clock, limits, scripts, and the bell for those who wait.

use std::sync::Arc;

use tokio::sync::broadcast;
use uuid::Uuid;

pub use super::{lists::LastCrl, options::Scripts, responder::Ocsp};
use crate::{
    ca::{Authority, Generation},
    clock::Clock,
    domain::limits::Limits,
    mail::Mailer,
    password::Passwords,
    store::Store,
};

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
    /// `None`: no mail path is configured (`mail.url`), and what needs one refuses.
    pub mail: Option<Arc<Mailer>>,
}

impl Context {
    /// The CA at work, beside the threads that serve: its key may be in a token, which takes its time.
    pub async fn with_ca<T: Send + 'static>(&self, work: impl FnOnce(&Authority) -> T + Send + 'static) -> T {
        let ca = self.ca.clone();
        match tokio::task::spawn_blocking(move || work(&ca)).await {
            Ok(done) => done,
            Err(broken) => std::panic::resume_unwind(broken.into_panic()),
        }
    }

    /// The same for one generation of the issuing CA. `None` where this server does not know it.
    pub async fn with_generation<T: Send + 'static>(
        &self,
        number: u32,
        work: impl FnOnce(&Generation) -> T + Send + 'static,
    ) -> Option<T> {
        self.with_ca(move |ca| ca.generation(number).map(work)).await
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
