//! Setting up this phone, as it runs: opens what the browser brought, obeys the buttons, and shows a `Screen`.
//! The order of steps is `enrollment`'s, each step's work is `journey`'s; here is who runs, and who has to stop.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::ActivationOffer;
use shared::problem::Code as ProblemCode;

use super::client;
use super::database::{Database, StorageRefused};
use super::enrollment::{Enrollment, read_code};
use super::keys::CryptoRefused;
use super::screen::Screen;
use super::stop::{Stop, Trouble, Verdict, pause_ms, verdict};
use super::{browser, journey};
use crate::api::Failure;

/// The one set-up of this page. Copies are handles to it.
#[derive(Clone, Copy)]
pub struct Setup {
    pub screen: RwSignal<Screen>,
    /// Why a call has to be tried again, while it has to.
    pub trouble: RwSignal<Option<Trouble>>,
    /// What is typed into the code field; outlives the field.
    pub typed: RwSignal<String>,
    /// The code in hand: kept here as well as in the session, which may be refused.
    code: StoredValue<Option<String>>,
    /// The enrollment that is under way in this tab.
    held: StoredValue<Option<Held>>,
    /// Counts the runs: a run that is no longer the latest shows nothing and ends.
    latest: StoredValue<u32>,
}

#[derive(Clone)]
struct Held {
    id: String,
    device_token: String,
}

/// One run through the steps, from one tap or one opening of the page.
#[derive(Clone, Copy)]
pub struct Run {
    setup: Setup,
    number: u32,
}

/// Why a run ends early.
pub enum Exit {
    Stopped(Stop),
    /// Another run has taken over.
    Abandoned,
}

pub type Flow<T> = Result<T, Exit>;

impl From<Stop> for Exit {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

impl From<StorageRefused> for Exit {
    fn from(_: StorageRefused) -> Self {
        Self::Stopped(Stop::StorageRefused)
    }
}

/// A key that was made and stored no longer works. (`journey::probe` says otherwise of a first key.)
impl From<CryptoRefused> for Exit {
    fn from(_: CryptoRefused) -> Self {
        Self::Stopped(Stop::KeysLost)
    }
}

impl Setup {
    pub fn new() -> Self {
        Self {
            screen: RwSignal::new(Screen::Checking),
            trouble: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            code: StoredValue::new(None),
            held: StoredValue::new(None),
            latest: StoredValue::new(0),
        }
    }

    /// The page was opened, or a new link arrived in the same tab.
    pub fn open(self) {
        if let Some(code) = browser::take_code() {
            self.code.set_value(Some(code));
        }
        self.begin(async move |run| match self.code.get_value() {
            Some(code) => journey::with_code(run, &code).await,
            None => journey::without_code(run).await,
        });
    }

    /// A whole code was typed.
    pub fn use_code(self, code: &str) {
        browser::keep_code(code);
        self.code.set_value(Some(code.to_owned()));
        self.open();
    }

    /// In the browser after all, not from the Home Screen.
    pub fn stay_in_browser(self, offer: ActivationOffer) {
        self.begin(async move |run| run.show(Screen::Offer(offer)));
    }

    /// Start was tapped.
    pub fn start(self) {
        spawn_local(async {
            browser::persist_storage().await;
        });
        self.begin(async move |run| {
            let code = self.code.get_value().unwrap_or_default();
            let code = read_code(&code).map_err(|_| Stop::LinkMalformed)?;
            journey::start(run, &code).await
        });
    }

    /// "I did not ask for this" was tapped.
    pub fn decline(self) {
        self.begin(async move |run| {
            run.show(Screen::Cancelling)?;
            let code = self.code.get_value().unwrap_or_default();
            run.insist(async || client::decline(&code).await).await?;
            Err(Stop::Declined.into())
        });
    }

    /// Cancel was tapped while this phone takes part.
    pub fn cancel(self) {
        self.begin(async move |run| {
            run.show(Screen::Cancelling)?;
            let Some(held) = self.held.get_value() else {
                return journey::without_code(run).await;
            };
            match run
                .insist(async || client::cancel(&held.device_token).await)
                .await
            {
                Ok(()) | Err(Exit::Stopped(Stop::Forgotten)) => Err(Stop::CancelledHere.into()),
                // Too late to cancel: the server tells how it ended instead.
                Err(Exit::Stopped(Stop::Refused(
                    ProblemCode::ProcessEnded | ProblemCode::ActionNotPossible,
                ))) => journey::resume(run, &held.id).await,
                Err(exit) => Err(exit),
            }
        });
    }

    /// Whether nothing is under way that leaving would lose.
    pub fn can_leave(self) -> bool {
        self.held.with_value(Option::is_none)
    }

    /// Away from this code, to the start page.
    pub fn leave(self) {
        self.forget_code();
        self.begin(async move |run| journey::without_code(run).await);
    }

    pub(super) fn forget_code(self) {
        browser::drop_code();
        self.code.set_value(None);
    }

    fn begin(self, steps: impl AsyncFnOnce(Run) -> Flow<()> + 'static) {
        self.latest
            .update_value(|latest| *latest = latest.wrapping_add(1));
        self.trouble.set(None);
        let run = Run {
            setup: self,
            number: self.latest.get_value(),
        };
        spawn_local(async move {
            if let Err(Exit::Stopped(stop)) = steps(run).await {
                run.stop(stop).await;
            }
        });
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

impl Run {
    pub fn setup(self) -> Setup {
        self.setup
    }

    /// Fails where another run has taken over.
    pub fn check(self) -> Flow<()> {
        if self.setup.latest.try_get_value() == Some(self.number) {
            Ok(())
        } else {
            Err(Exit::Abandoned)
        }
    }

    pub fn show(self, screen: Screen) -> Flow<()> {
        self.check()?;
        if self.setup.screen.with_untracked(|shown| *shown != screen) {
            self.setup.screen.set(screen);
        }
        Ok(())
    }

    /// From here on Cancel and every stop are about this enrollment.
    pub fn hold(self, enrollment: &Enrollment) {
        self.setup.held.set_value(Some(Held {
            id: enrollment.id.clone(),
            device_token: enrollment.device_token.clone(),
        }));
    }

    pub fn let_go(self) {
        self.setup.held.set_value(None);
    }

    /// Calls until there is an answer, and says meanwhile why there is none.
    pub async fn insist<T>(self, call: impl AsyncFn() -> Result<T, Failure>) -> Flow<T> {
        let mut failures = 0;
        loop {
            let answer = call().await;
            self.check()?;
            let failure = match answer {
                Ok(answer) => {
                    self.setup.trouble.set(None);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            match verdict(&failure) {
                Verdict::Stop(stop) => return Err(stop.into()),
                Verdict::TryAgain { trouble, seconds } => {
                    failures += 1;
                    self.setup.trouble.set(Some(trouble));
                    browser::pause(pause_ms(failures, seconds, js_sys::Math::random())).await;
                    self.check()?;
                }
            }
        }
    }

    async fn stop(self, stop: Stop) {
        if self.check().is_err() {
            return;
        }
        self.setup.trouble.set(None);
        if let Some(held) = self.setup.held.get_value() {
            if stop.is_news_to_server() {
                // Best effort: without it the process ends by its time limit.
                drop(client::cancel(&held.device_token).await);
            }
            if let Ok(database) = Database::open().await {
                // What cannot be deleted is found again at the next opening, and ends there alike.
                _ = database.forget_enrollment(&held.id).await;
            }
        }
        if !stop.keeps_code() {
            self.setup.forget_code();
        }
        self.let_go();
        drop(self.show(Screen::Stopped(stop)));
    }
}
