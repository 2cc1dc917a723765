//! What can be done with a mobile ID on its page, and how it went. The server says what is possible; each answer is
//! the mobile ID as it is then, whoever changed it.

mod confirmation;
mod list;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::api::{LockMobileId, LockReason, MobileId, MobileIdAction, MobileIdState};
use shared::problem::Code;
use shared::url::page;
use uuid::Uuid;

use super::link::in_place;
use super::loaded::Loaded;
use super::lock_reasons::FIRST_REASON;
use super::slip::{PASSWORD, Slip};
use crate::api::mobile_id::Change;
use crate::api::{self, Failure};
use crate::browser;
use crate::flow::encryption;
use crate::i18n::{Word, say, word};
use crate::state::{Session, use_session};
use crate::ui::{Notice, Tone, anew, whenever_after};
use crate::words;

pub use confirmation::Confirmation;
pub use list::{PossibleActions, row};

const TOLD: &str = "told";
const QUERY: &str = "do";
const LOST: &str = "lost";

/// A mobile ID's page with the question whether to lock it open: "I lost my phone".
pub fn lost_url(id: Uuid) -> String {
    format!("{}?{QUERY}={LOST}", page::mobile_id(id))
}

#[derive(Clone, Copy)]
pub struct Actions {
    pub id: Uuid,
    session: Session,
    pub mobile_id: RwSignal<Option<MobileId>>,
    pub reload: Callback<()>,
    /// The dialog is open, and what it asks about.
    is_open: RwSignal<bool>,
    asked: RwSignal<MobileIdAction>,
    /// The reason for a lock, once there is one.
    lock: RwSignal<Option<LockMobileId>>,
    password: RwSignal<String>,
    password_needed: RwSignal<bool>,
    busy: RwSignal<bool>,
    slip: RwSignal<Option<Slip>>,
    pub is_deleted: RwSignal<bool>,
    /// What has come of the last one, and whether it was done here.
    told: RwSignal<Option<Slip>>,
    is_done: RwSignal<bool>,
}

impl Actions {
    pub fn of(id: Uuid, page: Loaded<MobileId>) -> Self {
        let actions = Self {
            id,
            session: use_session(),
            mobile_id: page.value,
            reload: page.again,
            is_open: RwSignal::new(false),
            asked: RwSignal::new(MobileIdAction::Pause),
            lock: RwSignal::new(None),
            password: RwSignal::new(String::new()),
            password_needed: RwSignal::new(false),
            busy: RwSignal::new(false),
            slip: RwSignal::new(None),
            is_deleted: RwSignal::new(false),
            told: RwSignal::new(None),
            is_done: RwSignal::new(false),
        };
        actions.open_what_the_url_asks();
        actions
    }

    /// Once the mobile ID is there, and only where it can still be locked. Closed, a reload does not open it again.
    fn open_what_the_url_asks(self) {
        let query = use_query_map();
        let navigate = use_navigate();
        whenever_after(move |has_opened: Option<bool>| {
            if has_opened == Some(true) {
                if !self.is_open.get() {
                    navigate(&page::mobile_id(self.id), in_place());
                }
                return self.is_open.get_untracked();
            }
            let is_asked = query.with(|query| query.get(QUERY).as_deref() == Some(LOST));
            let opens = self.mobile_id.with(Option::is_some) && is_asked && self.allows(MobileIdAction::Lock);
            if opens {
                self.lock
                    .set(Some(encryption::for_reason(LockReason::Lost, None)));
                self.ask(MobileIdAction::Lock);
                self.is_open.track();
            }
            opens
        });
    }

    fn allows(self, action: MobileIdAction) -> bool {
        self.mobile_id.with_untracked(|found| {
            found
                .as_ref()
                .is_some_and(|found| found.actions.contains(&action))
        })
    }

    /// There is an encryption certificate of which something may become.
    fn asks_fate(self) -> bool {
        self.mobile_id.with_untracked(|found| {
            found
                .as_ref()
                .is_some_and(|found| encryption::has_living(&found.certificates))
        })
    }

    /// A button on the page: what can be undone is done at once, the rest is asked first.
    fn press(self, action: MobileIdAction) {
        self.told.set(None);
        self.slip.set(None);
        self.password_needed.set(false);
        if action == MobileIdAction::Resume {
            self.asked.set(action);
            self.go();
        } else {
            self.ask(action);
        }
    }

    fn ask(self, action: MobileIdAction) {
        self.asked.set(action);
        self.is_open.set(true);
    }

    fn close(self) {
        self.is_open.try_set(false);
        self.password.try_set(String::new());
        // Of this question only: the next one may do without.
        self.password_needed.try_set(false);
    }

    /// Does what is asked. A second press while the first is under way does nothing.
    fn go(self) {
        if self.busy.get_untracked() {
            return;
        }
        let change = match (self.asked.get_untracked(), self.lock.get_untracked()) {
            (MobileIdAction::Lock, Some(mut lock)) => {
                lock.encryption = self.asks_fate().then(|| encryption::fate(&lock));
                Change::Lock(lock)
            }
            (MobileIdAction::Lock, None) => {
                let word = words::problem(Code::LockReasonWrong);
                return self.slipped(Slip::missed(word, Some(FIRST_REASON)));
            }
            (MobileIdAction::Resume, _) => Change::Resume,
            (MobileIdAction::Delete, _) => Change::Delete,
            (MobileIdAction::Pause | MobileIdAction::Test, _) => Change::Pause,
        };
        let is_needed = self.password_needed.get_untracked();
        let password = self.password.get_untracked();
        if is_needed && password.is_empty() {
            return self.slipped(Slip::missed(word::sign_in::PASSWORD_MISSING, Some(PASSWORD)));
        }
        self.slip.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let confirmed = if is_needed {
                api::session::confirm_password(password).await
            } else {
                Ok(())
            };
            let answer = match confirmed {
                Ok(()) => {
                    self.password_needed.try_set(false);
                    api::mobile_id::change(self.id, change).await
                }
                Err(failure) => Err(failure),
            };
            self.busy.try_set(false);
            match answer {
                Ok(mobile_id) => self.done(mobile_id),
                Err(failure) => self.failed(&self.session.heed(failure)),
            }
        });
    }

    fn done(self, mobile_id: Option<MobileId>) {
        let word = match mobile_id.as_ref().map(|found| found.summary.state) {
            None => word::told::DELETED,
            Some(MobileIdState::Active) => word::told::RESUMED,
            Some(MobileIdState::Inactive) => word::told::PAUSED,
            Some(_) => word::told::LOCKED,
        };
        self.is_deleted.try_set(mobile_id.is_none());
        if mobile_id.is_some() {
            self.mobile_id.try_set(mobile_id);
        }
        self.tell(true, word);
    }

    fn failed(self, failure: &Failure) {
        match failure.code() {
            // Another window, or time, was faster.
            Some(
                code @ (Code::MobileIdEnded
                | Code::MobileIdNotReady
                | Code::MobileIdInUse
                | Code::MobileIdPaused
                | Code::ActionNotPossible
                | Code::NotFound),
            ) => {
                self.reload.try_run(());
                return self.tell(false, words::problem(code));
            }
            Some(Code::PasswordNeeded) => drop(self.password_needed.try_set(true)),
            _ => {}
        }
        self.is_open.try_set(true);
        self.slipped(Slip::of(failure));
    }

    fn slipped(self, slip: Slip) {
        self.slip.try_set(Some(slip));
        if let Some(field) = slip.field {
            request_animation_frame(move || browser::focus(field));
        }
    }

    /// Says at the top of the page what has come of it; there one goes on reading.
    fn tell(self, is_done: bool, word: Word) {
        self.close();
        self.is_done.try_set(is_done);
        self.told.try_set(Some(Slip::missed(word, None)));
        // After the closing dialog has given the focus back.
        request_animation_frame(|| request_animation_frame(|| browser::focus(TOLD)));
    }
}

/// What has come of the last action.
#[component]
pub fn Told(actions: Actions) -> impl IntoView {
    anew(move || {
        actions.told.get().map(|told| {
            let tone = if actions.is_done.get_untracked() {
                Tone::Good
            } else {
                Tone::Heed
            };
            view! {
                <Notice tone>
                    <p id=TOLD tabindex="-1" role="status">
                        {say(move |language| told.text(language))}
                    </p>
                </Notice>
            }
        })
    })
}
