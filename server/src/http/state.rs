//! What every handler may reach.

use std::{ops::Deref, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{attempts::Attempts, web::Web};
use crate::{settings::Settings, use_case::Context};

#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
pub struct Inner {
    pub context: Context,
    pub settings: Settings,
    pub attempts: Attempts,
    pub web: Web,
    /// Rings when the server stops: streams and waiting phones let go.
    pub stopping: CancellationToken,
}

impl App {
    pub fn new(context: Context, settings: Settings, web: Web, stopping: CancellationToken) -> Self {
        let attempts = Attempts::new(settings.sign_in);
        Self(Arc::new(Inner {
            context,
            settings,
            attempts,
            web,
            stopping,
        }))
    }

    /// Forgets who has been quiet long enough: what limits attempts must not grow for ever.
    pub fn forget_old_attempts(&self) {
        self.attempts.forget_old();
    }
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
