//! What can be done with a mobile ID on its page, and how it went. The server says what is possible; each answer is
//! the mobile ID as it is then, whoever changed it.

mod confirmation;
mod list;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::api::{LockReason, MobileId, MobileIdAction, MobileIdState};
use shared::problem::Code;
use shared::url::page;
use uuid::Uuid;

use super::link::in_place;
use super::loaded::Loaded;
use super::lock_reasons::FIRST_REASON;
use super::slip::{PASSWORD, Slip};
use crate::api::{self, Failure};
use crate::browser;
use crate::i18n::{say, word};
use crate::state::{Session, use_session};
use crate::ui::{Notice, Tone};
use crate::words;

pub use confirmation::Confirmation;
pub use list::PossibleActions;

const TOLD: &str = "told";
const QUERY: &str = "do";
const LOST: &str = "lost";

/// A mobile ID's page with the question whether to lock it open: "I lost my phone".
pub fn lost_url(id: Uuid) -> String {
    format!("{}?{QUERY}={LOST}", page::mobile_id(id))
}

/// What is confirmed in the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Lock,
    Pause,
    Resume,
    Delete,
}

/// What has come of the last one.
#[derive(Clone, PartialEq)]
enum Outcome {
    Done,
    Deleted,
    /// Another window, or time, was faster.
    Refused(Code),
}

#[derive(Clone, Copy)]
pub struct Actions {
    id: Uuid,
    session: Session,
    pub mobile_id: RwSignal<Option<MobileId>>,
    reload: Callback<()>,
    /// The dialog that is open.
    asked: RwSignal<Option<Deed>>,
    reason: RwSignal<Option<LockReason>>,
    password: RwSignal<String>,
    password_needed: RwSignal<bool>,
    busy: RwSignal<bool>,
    slip: RwSignal<Option<Slip>>,
    outcome: RwSignal<Option<Outcome>>,
}

impl Actions {
    pub fn of(id: Uuid, page: Loaded<MobileId>) -> Self {
        let actions = Self {
            id,
            session: use_session(),
            mobile_id: page.value,
            reload: page.again,
            asked: RwSignal::new(None),
            reason: RwSignal::new(None),
            password: RwSignal::new(String::new()),
            password_needed: RwSignal::new(false),
            busy: RwSignal::new(false),
            slip: RwSignal::new(None),
            outcome: RwSignal::new(None),
        };
        actions.open_what_the_url_asks();
        actions
    }

    /// Once the mobile ID is there, and only where it can still be locked.
    fn open_what_the_url_asks(self) {
        let query = use_query_map();
        let is_asked = move || query.with(|query| query.get(QUERY).as_deref() == Some(LOST));
        let navigate = use_navigate();
        let is_loaded = Memo::new(move |_| self.mobile_id.with(Option::is_some));
        Effect::new(move || {
            if is_loaded.get() && is_asked() && self.allows(MobileIdAction::Lock) {
                self.reason.set(Some(LockReason::Lost));
                self.asked.set(Some(Deed::Lock));
            }
        });
        // Closed, it is not opened again by a reload.
        Effect::new(move |was_open: Option<bool>| {
            let is_open = self.asked.get().is_some();
            if was_open == Some(true) && !is_open && untrack(is_asked) {
                navigate(&page::mobile_id(self.id), in_place());
            }
            is_open
        });
    }

    pub const fn id(self) -> Uuid {
        self.id
    }

    pub const fn reload(self) -> Callback<()> {
        self.reload
    }

    fn allows(self, action: MobileIdAction) -> bool {
        self.mobile_id.with_untracked(|mobile_id| {
            mobile_id
                .as_ref()
                .is_some_and(|mobile_id| mobile_id.actions.contains(&action))
        })
    }

    pub fn is_deleted(self) -> bool {
        self.outcome.get() == Some(Outcome::Deleted)
    }

    /// A button on the page: what can be undone is done at once, the rest is asked first.
    fn press(self, deed: Deed) {
        self.outcome.set(None);
        self.slip.set(None);
        if deed == Deed::Resume {
            self.go(deed);
        } else {
            self.asked.set(Some(deed));
        }
    }

    fn close(self) {
        self.asked.try_set(None);
        self.password.try_set(String::new());
    }

    /// Does it. A second press while the first is under way does nothing.
    fn go(self, deed: Deed) {
        if self.busy.get_untracked() {
            return;
        }
        let reason = self.reason.get_untracked();
        if deed == Deed::Lock && reason.is_none() {
            return self.slipped(Slip::missed(
                words::problem(Code::LockReasonWrong),
                Some(FIRST_REASON),
            ));
        }
        let password = self
            .password_needed
            .get_untracked()
            .then(|| self.password.get_untracked());
        if password.as_ref().is_some_and(String::is_empty) {
            return self.slipped(Slip::missed(word::sign_in::PASSWORD_MISSING, Some(PASSWORD)));
        }
        self.slip.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.call(deed, reason, password).await;
            self.busy.try_set(false);
            match answer {
                Ok(mobile_id) => self.done(mobile_id),
                Err(failure) => self.failed(deed, self.session.heed(failure)),
            }
        });
    }

    /// `None`: it is deleted.
    async fn call(
        self,
        deed: Deed,
        reason: Option<LockReason>,
        password: Option<String>,
    ) -> Result<Option<MobileId>, Failure> {
        if let Some(password) = password {
            api::session::confirm_password(password).await?;
            self.password_needed.try_set(false);
        }
        let answer = match deed {
            Deed::Lock => api::mobile_id::lock(self.id, reason.unwrap_or(LockReason::Lost)).await,
            Deed::Pause => api::mobile_id::pause(self.id).await,
            Deed::Resume => api::mobile_id::resume(self.id).await,
            Deed::Delete => return api::mobile_id::delete(self.id).await.map(|()| None),
        };
        answer.map(Some)
    }

    fn done(self, mobile_id: Option<MobileId>) {
        let outcome = if mobile_id.is_some() {
            self.mobile_id.try_set(mobile_id);
            Outcome::Done
        } else {
            Outcome::Deleted
        };
        self.tell(outcome);
    }

    fn failed(self, deed: Deed, failure: Failure) {
        match failure.code() {
            Some(
                code @ (Code::MobileIdEnded
                | Code::MobileIdNotReady
                | Code::MobileIdInUse
                | Code::MobileIdPaused
                | Code::ActionNotPossible
                | Code::NotFound),
            ) => {
                self.reload.run(());
                return self.tell(Outcome::Refused(code));
            }
            Some(Code::PasswordNeeded) => drop(self.password_needed.try_set(true)),
            _ => {}
        }
        self.asked.try_set(Some(deed));
        self.slipped(Slip::of(&failure));
    }

    fn slipped(self, slip: Slip) {
        self.slip.try_set(Some(slip));
        if let Some(field) = slip.field {
            request_animation_frame(move || browser::focus(field));
        }
    }

    /// Says at the top of the page what has come of it; there one goes on reading.
    fn tell(self, outcome: Outcome) {
        self.close();
        self.outcome.try_set(Some(outcome));
        // After the closing dialog has given the focus back.
        request_animation_frame(|| request_animation_frame(|| browser::focus(TOLD)));
    }
}

/// What has come of the last action.
#[component]
pub fn Told(actions: Actions) -> impl IntoView {
    move || {
        let outcome = actions.outcome.get()?;
        let tone = match outcome {
            Outcome::Done | Outcome::Deleted => Tone::Good,
            Outcome::Refused(_) => Tone::Heed,
        };
        let known = actions.mobile_id.get_untracked().map(|found| found.summary);
        let text = say(move |language| match (&outcome, &known) {
            (Outcome::Refused(code), _) => words::problem(*code).text(language).to_owned(),
            (Outcome::Done, Some(known)) => match (known.state, &known.locks_at) {
                (MobileIdState::Active, _) => word::told::RESUMED.text(language).to_owned(),
                (MobileIdState::Inactive, Some(at)) => {
                    word::told::paused_until(language, &words::date(at, language))
                }
                (MobileIdState::Inactive, None) => word::told::PAUSED.text(language).to_owned(),
                _ => word::told::LOCKED.text(language).to_owned(),
            },
            _ => word::told::DELETED.text(language).to_owned(),
        });
        Some(view! {
            <Notice tone>
                <p id=TOLD tabindex="-1" role="status">{text}</p>
            </Notice>
        })
    }
}
