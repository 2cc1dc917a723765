//! A phone's question that is held until there is news.

use std::time::Duration;

use tokio::{sync::broadcast, time::Instant};
use uuid::Uuid;

use super::extract::Here;

/// Below the idle limit of common proxies.
const HOLD: Duration = Duration::from_secs(20);
/// The bell rings for what this server changes; the command line and other servers are noticed within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

pub struct Held {
    bell: broadcast::Receiver<Uuid>,
    give_up: Instant,
}

impl Held {
    /// Listens from now on: what changes between the first look and the wait is heard.
    pub fn begin(app: &Here) -> Self {
        Self {
            bell: app.context.changes.listen(),
            give_up: Instant::now() + HOLD,
        }
    }

    /// Waits until it is worth looking again. `false`: it was held long enough, or the server stops.
    pub async fn wait(&mut self, app: &Here, process: Uuid) -> bool {
        if Instant::now() >= self.give_up || app.stopping.is_cancelled() {
            return false;
        }
        let rung = async { while self.bell.recv().await.is_ok_and(|rung| rung != process) {} };
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = rung => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        true
    }
}
