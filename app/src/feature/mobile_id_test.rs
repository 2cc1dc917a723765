//! Test it now: the phone signs something, and each check is shown with a tick or the reason.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CheckKind, CheckResult, MobileIdTest, Purpose, TestCheck, TestState, Timestamp};
use shared::url::page;
use uuid::Uuid;

use super::get_mobile_id_card::StartFailure;
use super::mobile_id_actions::{self, Actions};
use super::seconds_left::seconds_left;
use crate::api::{self, Failure};
use crate::browser;
use crate::flow::time_left::clock;
use crate::i18n::{Language, say, t, use_language, word};
use crate::state::{Session, use_session};
use crate::ui::{Announcer, Look, Mark, StateMark, anew, derived, memo, use_announcer};
use crate::words;

/// Between two looks while it waits for the phone.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
struct Test {
    id: Uuid,
    session: Session,
    newest: RwSignal<Option<MobileIdTest>>,
    busy: RwSignal<bool>,
    /// Of the beginning; while it waits, a look that fails is tried again.
    failure: RwSignal<Option<Failure>>,
    /// When the present state began.
    since: Option<f64>,
    /// The history has one line more.
    reload: Callback<()>,
    announcer: Announcer,
    language: RwSignal<Language>,
}

impl Test {
    fn begin(self) {
        self.busy.set(true);
        self.failure.set(None);
        self.ask(true);
    }

    fn ask(self, begins: bool) {
        spawn_local(async move {
            let answer = api::mobile_id::test(self.id, begins).await;
            self.busy.try_set(false);
            match answer {
                Ok(test) => self.accept(test),
                Err(failure) => {
                    let failure = self.session.heed(failure);
                    if begins {
                        self.failure.try_set(Some(failure));
                        self.reload.try_run(());
                    }
                    self.look_again();
                }
            }
        });
    }

    fn accept(self, test: Option<MobileIdTest>) {
        let was_waiting = self.is_waiting();
        let test = test.filter(|test| self.is_of_now(test));
        self.newest.try_set(test);
        self.look_again();
        let ended = self.newest.try_get_untracked().flatten();
        if let (true, false, Some(test)) = (was_waiting, self.is_waiting(), ended) {
            if let Some(language) = self.language.try_get_untracked() {
                self.announcer.say(words::tested(&test, language));
            }
            self.reload.try_run(());
        }
    }

    /// What was found before the present state began tells nothing of it.
    fn is_of_now(self, test: &MobileIdTest) -> bool {
        let end = test.answered_at.as_ref().unwrap_or(&test.expires_at);
        browser::milliseconds(end) >= self.since
    }

    fn look_again(self) {
        if self.is_waiting() {
            set_timeout(move || self.ask(false), LOOK_AGAIN);
        }
    }

    fn is_waiting(self) -> bool {
        self.newest
            .try_with_untracked(|newest| is_waiting(newest.as_ref()))
            == Some(true)
    }
}

fn is_waiting(test: Option<&MobileIdTest>) -> bool {
    test.is_some_and(|test| test.state == TestState::Waiting)
}

/// The action with its newest result.
pub fn row(actions: Actions, since: &Timestamp) -> AnyView {
    let test = Test {
        id: actions.id,
        session: use_session(),
        newest: RwSignal::new(None),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        since: browser::milliseconds(since),
        reload: actions.reload,
        announcer: use_announcer(),
        language: use_language(),
    };
    test.ask(false);
    let is_busy = derived(move || test.busy.get() || test.newest.with(|newest| is_waiting(newest.as_ref())));
    let words = (word::test::DO, word::test_now::TEXT);
    let press = Callback::new(move |()| test.begin());
    let below = view! {
        <StartFailure failure=test.failure />
        {anew(move || test.newest.get().map(result))}
    };
    mobile_id_actions::row("test-text", words, Look::Plain, is_busy, press, below.into_any())
}

fn result(newest: MobileIdTest) -> AnyView {
    if newest.state == TestState::Waiting {
        return waits(newest);
    }
    let mark = match newest.state {
        TestState::Passed => Mark::Tick,
        TestState::Failed => Mark::Stop,
        TestState::Waiting | TestState::Expired => Mark::Clock,
    };
    let checks: Vec<AnyView> = Purpose::ALL
        .into_iter()
        .filter_map(|purpose| checks_of(purpose, &newest.checks))
        .collect();
    view! {
        <div class="stack test">
            <StateMark mark label=say(move |language| words::tested(&newest, language)) />
            <div class="checks">{checks}</div>
        </div>
    }
    .into_any()
}

/// What to do on the phone, and for how long.
fn waits(newest: MobileIdTest) -> AnyView {
    let seconds = seconds_left(memo(move || browser::milliseconds(&newest.expires_at)));
    let address = page::absolute(&browser::origin(), page::PHONE);
    let left = say(move |language| word::test_now::left(language, &clock(seconds.get())));
    view! {
        <div class="stack test">
            <p>{say(move |language| word::test_now::open(language, &address))}</p>
            <p class="row">
                <StateMark mark=Mark::Waiting label=t(word::process_state::OPEN) />
                <span class="muted figures" role="timer">
                    {left}
                </span>
            </p>
        </div>
    }
    .into_any()
}

/// The checks of one certificate, a line each: a tick, or the reason.
fn checks_of(purpose: Purpose, checks: &[TestCheck]) -> Option<AnyView> {
    let lines: Vec<AnyView> = checks
        .iter()
        .filter(|check| check.certificate == purpose)
        .map(|check| line(check.kind, check.result))
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <div>
                <h3>{t(words::purpose(purpose))}</h3>
                <ul>{lines}</ul>
            </div>
        }
        .into_any()
    })
}

fn line(kind: CheckKind, result: CheckResult) -> AnyView {
    let is_good = result == CheckResult::Good;
    let label = say(move |language| {
        let (kind, result) = (
            words::check(kind).text(language),
            words::check_result(result).text(language),
        );
        format!("{kind}: {result}")
    });
    let mark = if is_good { Mark::Tick } else { Mark::Stop };
    view! {
        <li>
            <StateMark mark label />
        </li>
    }
    .into_any()
}
