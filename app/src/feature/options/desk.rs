//! The script that is being edited, as signals, and the calls around it. Views read the signals.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Script, ScriptCheck, ScriptName, ScriptVersion, UserSummary};
use shared::problem::Code;

use crate::api::{self, Failure};
use crate::browser;
use crate::flow::draft::{Draft, is_same};
use crate::state::{Session, use_session};
use crate::ui::{memo, whenever, whenever_after};

/// Where this tab keeps its draft of a script.
fn draft_key(name: ScriptName) -> &'static str {
    match name {
        ScriptName::Options => "options-draft",
        ScriptName::ExpiringOptions => "reminders-draft",
    }
}

/// How long nothing is typed before the server looks at the text.
const PAUSE: Duration = Duration::from_millis(350);

#[derive(Clone, Copy)]
pub struct Desk {
    pub name: ScriptName,
    pub session: Session,
    /// The version in force, as last heard.
    pub in_force: RwSignal<Option<Script>>,
    pub text: RwSignal<String>,
    /// The version that the text began from.
    pub base: RwSignal<u32>,
    /// For whom the effect is shown; `None`: for who is signed in.
    pub user: RwSignal<Option<UserSummary>>,
    /// What the server found in the text, as last heard.
    pub check: RwSignal<Option<ScriptCheck>>,
    /// The text has changed since.
    pub is_checking: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    pub check_failure: RwSignal<Option<Failure>>,
    pub is_saving: RwSignal<bool>,
    /// Why the script is changed, as typed so far.
    pub comment: RwSignal<String>,
    /// Line and column that the caret is led to.
    pub place: RwSignal<Option<(u32, u32)>>,
    /// What was saved last in this tab.
    pub saved: RwSignal<Option<ScriptVersion>>,
    pub again: Callback<()>,
    /// Grows with each check, so that a late answer does not take the place of a newer one.
    asked: RwSignal<u32>,
}

impl Desk {
    pub fn open(name: ScriptName) -> Self {
        let in_force = RwSignal::new(None);
        let text = RwSignal::new(String::new());
        let base = RwSignal::new(0);
        let failure = RwSignal::new(None);
        let session = use_session();
        let again = Callback::new(move |()| {
            spawn_local(async move {
                match api::script::in_force(name).await {
                    Ok(script) => {
                        failure.try_set(None);
                        take_up(script, in_force, text, base);
                    }
                    Err(error) => {
                        failure.try_set(Some(session.heed(error)));
                    }
                }
            });
        });
        let desk = Self {
            name,
            session,
            in_force,
            text,
            base,
            user: RwSignal::new(None),
            check: RwSignal::new(None),
            is_checking: RwSignal::new(true),
            failure,
            check_failure: RwSignal::new(None),
            is_saving: RwSignal::new(false),
            comment: RwSignal::new(String::new()),
            place: RwSignal::new(None),
            saved: RwSignal::new(None),
            again,
            asked: RwSignal::new(0),
        };
        desk.keep_draft();
        desk.keep_checked();
        again.run(());
        desk
    }

    pub fn is_open(self) -> bool {
        self.in_force.with(Option::is_some)
    }

    /// Whether the text says something else than the version in force.
    pub fn is_changed(self) -> bool {
        self.in_force.with(|script| {
            self.text
                .with(|text| script.as_ref().is_some_and(|script| !is_same(text, &script.text)))
        })
    }

    /// Somebody has saved since the text was begun, and it is not what stands here.
    pub fn is_stale(self) -> bool {
        let base = self.base.get();
        self.in_force
            .with(|script| script.as_ref().is_some_and(|script| script.in_force != base))
            && self.is_changed()
    }

    /// What is typed survives a reload and a sign-in, until it is what is in force.
    fn keep_draft(self) {
        whenever(move || {
            if !self.is_open() {
                return;
            }
            let draft = self.is_changed().then(|| {
                let (base, text) = (self.base.get(), self.text.get());
                Draft { base, text }.written()
            });
            browser::session_set(draft_key(self.name), draft.as_deref().unwrap_or_default());
        });
    }

    /// The server looks at the text a moment after the last key, and for another user at once.
    fn keep_checked(self) {
        let wanted = memo(move || {
            self.is_open().then(|| {
                (
                    self.text.get(),
                    self.user.with(|user| user.as_ref().map(|user| user.id)),
                )
            })
        });
        whenever_after(move |before: Option<Option<String>>| {
            let (text, user) = wanted.get()?;
            self.is_checking.set(true);
            let ask = self.asked.get_untracked().wrapping_add(1);
            self.asked.set(ask);
            let is_typing = before.flatten().is_some_and(|before| before != text);
            let pause = if is_typing { PAUSE } else { Duration::ZERO };
            let asked_text = text.clone();
            set_timeout(
                move || {
                    // Another key was pressed meanwhile, or the page is gone.
                    if self.asked.try_get_untracked() == Some(ask) {
                        spawn_local(self.look(ask, asked_text, user));
                    }
                },
                pause,
            );
            Some(text)
        });
    }

    async fn look(self, ask: u32, text: String, user: Option<uuid::Uuid>) {
        let answer = api::script::check(self.name, text, user).await;
        if self.asked.try_get_untracked() != Some(ask) {
            return;
        }
        self.is_checking.set(false);
        match answer {
            Ok(check) => {
                self.check_failure.set(None);
                self.check.set(Some(check));
            }
            Err(failure) => self.check_failure.set(Some(self.session.heed(failure))),
        }
    }

    /// Looks once more at the text as it stands.
    pub fn check_again(self) {
        self.is_checking.set(true);
        let ask = self.asked.get_untracked().wrapping_add(1);
        self.asked.set(ask);
        let user = self.user.with_untracked(|user| user.as_ref().map(|user| user.id));
        spawn_local(self.look(ask, self.text.get_untracked(), user));
    }

    /// Goes on from what is in force now; the text stays.
    pub fn rebase(self) {
        if let Some(number) = self
            .in_force
            .with_untracked(|script| script.as_ref().map(|script| script.in_force))
        {
            self.base.set(number);
        }
    }

    /// The text of the version in force in place of what stands here.
    pub fn take_in_force(self) {
        if let Some(script) = self.in_force.get_untracked() {
            self.base.set(script.in_force);
            self.text.set(script.text);
        }
    }

    /// After a version was saved from this text.
    pub fn has_saved(self, version: ScriptVersion) {
        self.base.set(version.number);
        self.saved.set(Some(version));
        self.is_saving.set(false);
        self.again.run(());
    }

    /// What saving was refused for; true where the dialog has no more to say.
    pub fn is_refused_for_good(self, failure: &Failure) -> bool {
        match failure.code() {
            Some(Code::ScriptChanged) => {
                self.again.run(());
                true
            }
            Some(Code::ScriptFaulty) => {
                self.check_again();
                true
            }
            _ => false,
        }
    }
}

/// At first the draft of this tab, where there is one; later the text stays, unless it was the version before.
fn take_up(script: Script, in_force: RwSignal<Option<Script>>, text: RwSignal<String>, base: RwSignal<u32>) {
    let is_untouched = in_force.try_with_untracked(|known| {
        known
            .as_ref()
            .map(|known: &Script| text.with_untracked(|text| is_same(text, &known.text)))
    });
    // The page is gone.
    let Some(is_untouched) = is_untouched else {
        return;
    };
    let draft = match is_untouched {
        None => browser::session_get(draft_key(script.name)).and_then(|written| Draft::read(&written)),
        Some(_) => None,
    };
    match (is_untouched, draft) {
        (None, Some(draft)) if !is_same(&draft.text, &script.text) => {
            base.set(draft.base);
            text.set(draft.text);
        }
        (None | Some(true), _) => {
            base.set(script.in_force);
            text.set(script.text.clone());
        }
        (Some(false), _) => {}
    }
    in_force.set(Some(script));
}
