//! The process that the dialog shows, as signals, and the calls that move it on. Views read the signals; only what
//! stands here writes them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{LockMobileId, ProcessAction, ProcessView, RecoveryView, ShownCode};
use shared::problem::Code;
use uuid::Uuid;

use crate::api::process::Request;
use crate::api::{self, Failure};
use crate::browser;
use crate::feature::plan::Chosen;
use crate::feature::slip::{PASSWORD, Slip};
use crate::flow::encryption;
use crate::flow::process::{CodeOnScreen, Picture, allows, code_on_screen, earlier_id, is_newer, picture};
use crate::i18n::{Word, word};
use crate::state::{Session, use_session};
use crate::ui::{memo, whenever};

pub const DIGITS: &str = "pairing-code";
const RECOVER: &str = "recover";

/// The code that this window shows; the server cannot show it again.
#[derive(Clone, PartialEq)]
pub struct HeldCode {
    pub number: u32,
    pub shown: ShownCode,
}

#[derive(Clone, Copy)]
pub struct Enrollment {
    pub id: Uuid,
    pub session: Session,
    pub view: RwSignal<Option<ProcessView>>,
    pub code: RwSignal<Option<HeldCode>>,
    /// What stands where the QR code would be.
    pub on_screen: Memo<Option<CodeOnScreen>>,
    /// The greatest number of a code that this window has shown, or has told to be in a mail; they count from 1.
    known: RwSignal<u32>,
    pub busy: RwSignal<bool>,
    pub slip: RwSignal<Option<Slip>>,
    /// The process could not be had at all.
    pub trouble: RwSignal<Option<Failure>>,
    pub interrupted: RwSignal<bool>,
    pub digits: RwSignal<String>,
    pub password: RwSignal<String>,
    pub chosen: Chosen,
    /// The user's choice of earlier encryption certificates, as `flow::encryption::written` has it.
    pub recover: RwSignal<String>,
    /// "Go on without" was pressed: Next goes on without recovery.
    pub without: RwSignal<bool>,
    /// Why the earlier mobile ID that is shown is to be locked; `None`: it is kept.
    pub replaces: RwSignal<Option<LockMobileId>>,
    pub picture: Memo<Picture>,
}

impl Enrollment {
    pub fn open(id: Uuid) -> Self {
        let view = RwSignal::new(None);
        let known = RwSignal::new(0);
        let enrollment = Self {
            id,
            session: use_session(),
            view,
            code: RwSignal::new(None),
            on_screen: memo(move || {
                let known = Some(known.get()).filter(|known| *known > 0);
                view.with(|view| code_on_screen(view.as_ref()?, known))
            }),
            known,
            busy: RwSignal::new(false),
            slip: RwSignal::new(None),
            trouble: RwSignal::new(None),
            interrupted: RwSignal::new(false),
            digits: kept(DIGITS, id),
            password: RwSignal::new(String::new()),
            chosen: RwSignal::new(None),
            recover: kept(RECOVER, id),
            without: RwSignal::new(false),
            replaces: RwSignal::new(None),
            picture: memo(move || view.with(|view| picture(view.as_ref()))),
        };
        enrollment.keep(DIGITS, enrollment.digits);
        enrollment.keep(RECOVER, enrollment.recover);
        enrollment.keep_a_code();
        enrollment.look();
        enrollment
    }

    /// What was typed or chosen survives a reload, and goes when it is of no more use.
    fn keep(self, name: &'static str, text: RwSignal<String>) {
        whenever(move || {
            let is_over = matches!(
                self.picture.get(),
                Picture::Finishing | Picture::Done | Picture::Ended
            );
            let text = if is_over { String::new() } else { text.get() };
            browser::session_set(&key(name, self.id), &text);
        });
    }

    /// A window that comes to an open process without a code asks for one, once no other call is under way: the
    /// answer to that one may bring it.
    fn keep_a_code(self) {
        let is_wanted = memo(move || {
            !self.busy.get()
                && !self.password_needed()
                && self.slip.with(Option::is_none)
                && self.on_screen.get() == Some(CodeOnScreen::Wanted)
        });
        whenever(move || {
            if is_wanted.get() {
                self.new_code();
            }
        });
    }

    /// Takes a view of the process from wherever it comes.
    pub fn accept(self, mut incoming: ProcessView) {
        if let Some(activation) = incoming.activation.as_mut() {
            let number = activation.number;
            if let Some(shown) = activation.code.take() {
                self.code.try_set(Some(HeldCode { number, shown }));
                self.has_known(number);
            } else if activation.mail.is_some() {
                self.has_known(number);
            }
        }
        let is_news = self.view.try_with_untracked(|known| {
            known
                .as_ref()
                .is_none_or(|known| *known != incoming && is_newer(&incoming, known))
        });
        if is_news == Some(true) {
            self.trouble.try_set(None);
            let is_other = self
                .view
                .try_with_untracked(|known| earlier_id(known.as_ref()) != earlier_id(Some(&incoming)));
            if is_other == Some(true) {
                // The choice to lock was made for the one that stood there.
                self.replaces.try_set(None);
            }
            self.view.try_set(Some(incoming));
        }
    }

    fn has_known(self, number: u32) {
        self.known.try_update(|known| *known = number.max(*known));
    }

    /// Asks how the process stands.
    pub fn look(self) {
        spawn_local(async move {
            match api::process::look(self.id).send().await {
                Ok(view) => self.accept(view),
                Err(failure) => {
                    let failure = self.session.heed(failure);
                    let is_unknown = self.view.try_with_untracked(Option::is_none) == Some(true);
                    if is_unknown || failure.code() == Some(Code::NotFound) {
                        self.trouble.try_set(Some(failure));
                    }
                }
            }
        });
    }

    /// What the process makes of the user's earlier encryption certificates.
    pub fn recovery(self) -> Option<RecoveryView> {
        self.view.with_untracked(|view| view.as_ref()?.recovery.clone())
    }

    /// Next asks a second person first.
    pub fn asks_first(self) -> bool {
        let kept = self.recover.get();
        self.view.with_untracked(|view| {
            let recovery = view.as_ref().and_then(|view| view.recovery.as_ref());
            recovery.is_some_and(|recovery| encryption::asks_first(recovery, &kept))
        })
    }

    pub fn password_needed(self) -> bool {
        self.view
            .with(|view| view.as_ref().is_some_and(|view| view.password_needed))
    }

    pub fn new_code(self) {
        self.call_for_code(api::process::new_code(self.id));
    }

    /// A new code by e-mail; the one before dies.
    pub fn mail_code(self) {
        self.call_for_code(api::process::mail_code(self.id));
    }

    /// Where keys are recovered, a code asks for the password like Next at the introduction.
    fn call_for_code(self, request: Request) {
        self.slip.set(None);
        let password = self.password.get_untracked();
        let is_needed = untrack(|| self.password_needed());
        if is_needed && password.is_empty() {
            return self.missed(word::sign_in::PASSWORD_MISSING, Some(PASSWORD));
        }
        self.call_with(request, is_needed.then_some(password), None);
    }

    pub fn allows(self, action: ProcessAction) -> bool {
        self.view
            .with(|view| view.as_ref().is_some_and(|view| allows(view, action)))
    }

    /// Ends the process and then does what is left to do.
    pub fn cancel(self, not_my_phone: bool, then: Callback<()>) {
        self.slip.set(None);
        self.call_with(api::process::cancel(self.id, not_my_phone), None, Some(then));
    }

    /// One call at a time. What it answers is shown; where it fails, the process is looked at anew, since another
    /// window or the phone may have moved it on.
    pub(super) fn call(self, request: Request) {
        self.call_with(request, None, None);
    }

    /// `password`: confirmed before. `then`: what is left to do where it succeeds.
    pub(super) fn call_with(self, request: Request, password: Option<String>, then: Option<Callback<()>>) {
        self.busy.set(true);
        spawn_local(async move {
            match self.answer(request, password).await {
                Ok(view) => {
                    if let Some(then) = then {
                        // Gone where the dialog is gone.
                        then.try_run(());
                    }
                    self.accept(view);
                }
                Err(failure) => self.failed(failure),
            }
            self.busy.try_set(false);
        });
    }

    async fn answer(self, request: Request, password: Option<String>) -> Result<ProcessView, Failure> {
        if let Some(password) = password {
            api::session::confirm_password(password).await?;
            self.password.try_set(String::new());
        }
        request.send().await
    }

    fn failed(self, failure: Failure) {
        let failure = self.session.heed(failure);
        let mut slip = Slip::of(&failure);
        if let Some(Code::PairingCodeWrong | Code::PairingCodeMalformed | Code::PairingCodeMissing) =
            failure.code()
        {
            slip.field = Some(DIGITS);
        }
        self.slipped(slip);
        if failure.code() != Some(Code::CredentialsWrong) {
            self.look();
        }
    }

    pub(super) fn missed(self, word: Word, field: Option<&'static str>) {
        self.slipped(Slip::missed(word, field));
    }

    pub(super) fn slipped(self, slip: Slip) {
        self.slip.try_set(Some(slip));
        if let Some(field) = slip.field {
            browser::focus(field);
        }
    }

    /// What is wrong at this field, or at none.
    pub fn slip_at(self, field: Option<&'static str>) -> Option<Slip> {
        self.slip.get().filter(|slip| slip.field == field)
    }
}

fn key(name: &str, id: Uuid) -> String {
    format!("{name}-{id}")
}

fn kept(name: &str, id: Uuid) -> RwSignal<String> {
    RwSignal::new(browser::session_get(&key(name, id)).unwrap_or_default())
}
