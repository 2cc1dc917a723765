//! Next: what it means at the step that is shown, what goes with it, and what has to be there first.

use leptos::prelude::*;
use shared::api::{ApprovalState, LockMobileId, NextStep, ProcessState, Replace, Step};
use shared::problem::Code;

use super::enrollment::{DIGITS, Enrollment};
use crate::api;
use crate::feature::slip::{PASSWORD, Slip};
use crate::flow::encryption;
use crate::flow::process::{Picture, check_digits, earlier_id};
use crate::i18n::word;
use crate::words;

impl Enrollment {
    /// The button Next, or Enter in a field. While somebody is asked, there is but one way on.
    pub fn submit(self) {
        if self.picture.get_untracked() == Picture::Introduction(Some(ApprovalState::Pending)) {
            self.go_on_without();
        } else {
            self.without.set(false);
            self.next();
        }
    }

    fn next(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.slip.set(None);
        let asked = self.view.with_untracked(|view| {
            view.as_ref()
                .map(|view| (view.state, view.step, view.password_needed))
        });
        match asked {
            Some((ProcessState::Started, step, password_needed)) => {
                self.next_from_introduction(step, password_needed);
            }
            Some((ProcessState::KeysReceived, step, _)) => match check_digits(&self.digits.get_untracked()) {
                Ok(digits) => {
                    let next = NextStep {
                        step,
                        pairing_code: Some(digits),
                        certificates: None,
                        recover: None,
                        replace: None,
                    };
                    self.call(api::process::next(self.id, &next));
                }
                Err(code) => self.missed(words::problem(code), Some(DIGITS)),
            },
            Some((ProcessState::Open | ProcessState::Claimed, ..)) => {
                self.missed(words::problem(Code::PhoneNotReady), None);
            }
            _ => {}
        }
    }

    fn next_from_introduction(self, step: Step, password_needed: bool) {
        let password = self.password.get_untracked();
        if password_needed && password.is_empty() {
            return self.missed(word::sign_in::PASSWORD_MISSING, Some(PASSWORD));
        }
        let next = NextStep {
            step,
            pairing_code: None,
            certificates: self.chosen.get_untracked(),
            recover: self.recovered(),
            replace: self.replace(),
        };
        let request = api::process::next(self.id, &next);
        self.call_with(request, password_needed.then_some(password), None);
    }

    /// Next without recovery.
    pub fn go_on_without(self) {
        self.without.set(true);
        let is_needed = untrack(|| self.password_needed());
        // In its own words, not as something that was missed.
        if is_needed && self.password.with_untracked(String::is_empty) {
            self.slipped(Slip::missed(words::problem(Code::PasswordNeeded), Some(PASSWORD)));
        } else {
            self.next();
        }
    }

    /// Serial numbers of the earlier certificates, where Next names them.
    fn recovered(self) -> Option<Vec<String>> {
        if self.without.get_untracked() {
            return Some(Vec::new());
        }
        self.view.with_untracked(|view| {
            let recovery = view.as_ref()?.recovery.as_ref();
            encryption::recover(recovery, &self.recover.get_untracked())
        })
    }

    fn replace(self) -> Option<Replace> {
        let LockMobileId { reason, encryption } = self.replaces.get_untracked()?;
        let mobile_id = self.view.with_untracked(|view| earlier_id(view.as_ref()))?;
        Some(Replace {
            mobile_id,
            reason,
            encryption,
        })
    }
}
