//! Setting up this phone, as it runs: opens what the browser brought, obeys the buttons, and shows a `Screen`.
//! The order of steps is `enrollment`'s, each step's work is `journey`'s; here is who runs, and who has to stop.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use shared::api::{ActivationOffer, DeviceMobileId};
use shared::problem::Code as ProblemCode;
use uuid::Uuid;

use super::client::{self, Call, Prepared};
use super::database::{Database, Kept};
use super::enrollment::Enrollment;
use super::indexed_db::StorageRefused;
use super::screen::Screen;
use super::standing::{Contact, Standing, Trial};
use super::stop::{Stop, Trouble, Verdict, pause_ms, verdict};
use super::subtle::CryptoRefused;
use super::{browser, journey, watch};
use crate::api::{Answer, Failure};

/// The one set-up of this page. Copies are handles to it.
#[derive(Clone, Copy)]
pub struct Setup {
    pub screen: RwSignal<Screen>,
    /// Why a call has to be tried again, while it has to.
    pub trouble: RwSignal<Option<Trouble>>,
    /// What is typed into the code field; outlives the field.
    pub typed: RwSignal<String>,
    /// How each mobile ID on this phone stands, while they are shown.
    standings: RwSignal<Vec<(Uuid, Standing)>>,
    /// The code in hand: kept here as well as in the session, which may be refused.
    code: StoredValue<Option<String>>,
    /// The enrollment that is under way in this tab.
    held: StoredValue<Option<Held>>,
    /// Counts the runs: a run that is no longer the latest shows nothing and ends.
    latest: StoredValue<u32>,
}

#[derive(Clone)]
pub struct Held {
    pub id: String,
    pub device_token: String,
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

/// Boxed, so that there is one piece of code around all of them.
type Steps = Pin<Box<dyn Future<Output = Flow<()>>>>;

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
            standings: RwSignal::new(Vec::new()),
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
        self.begin(|run| match self.code.get_value() {
            Some(code) => Box::pin(journey::with_code(run, code)),
            None => Box::pin(journey::without_code(run)),
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
        self.begin(|run| Box::pin(async move { run.show(Screen::Offer(offer)) }));
    }

    /// Start was tapped.
    pub fn start(self) {
        spawn_local(async {
            browser::persist_storage().await;
        });
        let code = self.code.get_value().unwrap_or_default();
        self.begin(|run| Box::pin(journey::start(run, code)));
    }

    /// "I did not ask for this" was tapped.
    pub fn decline(self) {
        let code = self.code.get_value().unwrap_or_default();
        self.begin(|run| Box::pin(journey::decline(run, code)));
    }

    /// Cancel was tapped while this phone takes part.
    pub fn cancel(self) {
        let held = self.held.get_value();
        self.begin(|run| match held {
            Some(held) => Box::pin(journey::cancel(run, held)),
            None => Box::pin(journey::without_code(run)),
        });
    }

    /// Whether nothing is under way that leaving would lose.
    pub fn can_leave(self) -> bool {
        self.held.with_value(Option::is_none)
    }

    /// Away from this code, to the start page.
    pub fn leave(self) {
        self.forget_code();
        self.begin(|run| Box::pin(journey::without_code(run)));
    }

    /// Removes a mobile ID from this phone.
    pub fn remove(self, mobile_id: Uuid) {
        self.begin(|run| Box::pin(journey::remove(run, mobile_id)));
    }

    /// Begins a test here; `watch` answers it, as it does one that was begun elsewhere.
    pub fn test(self, kept: &Kept) {
        let mobile_id = kept.installation.mobile_id;
        let Some(token) = kept.device_token.clone() else {
            return;
        };
        self.set_trial(mobile_id, &Trial::Running);
        spawn_local(async move {
            if client::begin_test(&token).prepared.send().await.is_err() {
                self.set_trial(mobile_id, &Trial::Failed);
            }
        });
    }

    /// Follows each of these as long as the run is the latest.
    pub(super) fn watch(self, run: Run, kept: &[Kept]) {
        let stands = |kept: &Kept| (kept.installation.mobile_id, Standing::of(kept.told.clone()));
        self.standings.set(kept.iter().map(stands).collect());
        for kept in kept {
            if let Some(token) = kept.device_token.clone() {
                spawn_local(watch::follow(run, kept.installation.mobile_id, token));
            }
        }
    }

    pub fn standing(self, mobile_id: Uuid) -> Standing {
        self.standings.with(|standings| {
            let found = standings.iter().find(|(id, _)| *id == mobile_id);
            found.map_or_else(|| Standing::of(None), |(_, standing)| standing.clone())
        })
    }

    pub(super) fn learn(self, told: &DeviceMobileId) {
        self.change(told.mobile_id, &|standing| standing.learn(told));
    }

    pub(super) fn set_contact(self, mobile_id: Uuid, contact: Contact) {
        self.change(mobile_id, &|standing| standing.contact = contact);
    }

    pub(super) fn set_trial(self, mobile_id: Uuid, trial: &Trial) {
        self.change(mobile_id, &|standing| standing.trial = trial.clone());
    }

    fn change(self, mobile_id: Uuid, change: &dyn Fn(&mut Standing)) {
        self.standings.maybe_update(|standings| {
            let Some((_, standing)) = standings.iter_mut().find(|(id, _)| *id == mobile_id) else {
                return false;
            };
            let before = standing.clone();
            change(standing);
            // What stays the same is not drawn, and so not read out, once more.
            *standing != before
        });
    }

    pub(super) fn forget_code(self) {
        browser::drop_code();
        self.code.set_value(None);
    }

    /// Takes over from whatever runs, and does the steps.
    fn begin(self, steps: impl FnOnce(Run) -> Steps) {
        self.latest
            .update_value(|latest| *latest = latest.wrapping_add(1));
        self.trouble.set(None);
        let run = Run {
            setup: self,
            number: self.latest.get_value(),
        };
        spawn_local(run.through(steps(run)));
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

    async fn through(self, steps: Steps) {
        if let Err(Exit::Stopped(stop)) = steps.await {
            self.stop(stop).await;
        }
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
    pub async fn insist<T: DeserializeOwned>(self, call: Call<T>) -> Flow<T> {
        let answer = self.insist_on(&call.prepared, Call::<T>::is_readable).await?;
        Call::read(&answer).map_err(|_| Stop::Refused(ProblemCode::MalformedRequest).into())
    }

    /// One piece of code for calls of every kind.
    async fn insist_on(self, call: &Prepared, is_readable: fn(&Answer) -> bool) -> Flow<Answer> {
        let mut failures = 0;
        loop {
            let answer = call.send().await;
            self.check()?;
            let verdict = match answer {
                Ok(answer) if is_readable(&answer) => {
                    self.setup.trouble.set(None);
                    return Ok(answer);
                }
                Ok(_) => verdict(&Failure::Unreadable { status: 200 }),
                Err(failure) => verdict(&failure),
            };
            match verdict {
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
                drop(client::cancel(&held.device_token).prepared.send().await);
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
