//! Test it now: the phone signs something, and each check is shown with a tick or the reason.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CheckResult, MobileIdTest, TestCheck, TestState};
use shared::url::page;
use uuid::Uuid;

use super::mobile_id_actions::Actions;
use super::seconds_left::seconds_left;
use crate::api::{self, Failure};
use crate::browser;
use crate::flow::time_left::clock;
use crate::i18n::{say, t, use_language, word};
use crate::state::{Session, use_session};
use crate::ui::{Announcer, Button, Mark, Notice, Ring, StateMark, Tone, use_announcer};
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
    /// The history has one line more.
    reload: Callback<()>,
    announcer: Announcer,
    language: RwSignal<crate::i18n::Language>,
}

impl Test {
    fn begin(self) {
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let answer = api::mobile_id::begin_test(self.id).await;
            self.busy.try_set(false);
            match answer {
                Ok(test) => self.accept(Some(test)),
                Err(failure) => {
                    self.failure.try_set(Some(self.session.heed(failure)));
                    self.reload.try_run(());
                }
            }
        });
    }

    fn look(self) {
        if self.newest.is_disposed() {
            return;
        }
        spawn_local(async move {
            match api::mobile_id::newest_test(self.id).await {
                Ok(test) => self.accept(test),
                Err(failure) => {
                    self.session.heed(failure);
                    self.look_again();
                }
            }
        });
    }

    fn accept(self, test: Option<MobileIdTest>) {
        let was_waiting = self.is_waiting();
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

    fn look_again(self) {
        if self.is_waiting() {
            set_timeout(move || self.look(), LOOK_AGAIN);
        }
    }

    fn is_waiting(self) -> bool {
        self.newest.try_with_untracked(is_waiting) == Some(true)
    }
}

fn is_waiting(test: &Option<MobileIdTest>) -> bool {
    test.as_ref().is_some_and(|test| test.state == TestState::Waiting)
}

/// The action with its newest result.
#[component]
pub fn TestRow(actions: Actions) -> impl IntoView {
    let test = Test {
        id: actions.id(),
        session: use_session(),
        newest: RwSignal::new(None),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        reload: actions.reload(),
        announcer: use_announcer(),
        language: use_language(),
    };
    test.look();
    let is_busy = Signal::derive(move || test.busy.get() || test.newest.with(is_waiting));
    view! {
        <li>
            <p id="test-text">{t(word::test_now::TEXT)}</p>
            <Button
                label=t(word::test::DO)
                described_by="test-text"
                busy=is_busy
                on_press=Callback::new(move |()| test.begin())
            />
            {move || {
                test.failure
                    .get()
                    .map(|failure| {
                        view! {
                            <Notice tone=Tone::Bad alert=true>
                                <p>{t(words::failure(&failure))}</p>
                            </Notice>
                        }
                    })
            }}
            {move || test.newest.get().map(|newest| view! { <Result newest /> })}
        </li>
    }
}

#[component]
fn Result(newest: MobileIdTest) -> impl IntoView {
    if newest.state == TestState::Waiting {
        return view! { <Waits newest /> }.into_any();
    }
    let mark = match newest.state {
        TestState::Passed => Mark::Tick,
        TestState::Failed => Mark::Stop,
        TestState::Waiting | TestState::Expired => Mark::Clock,
    };
    let checks = newest.checks.clone();
    view! {
        <div class="stack test">
            <StateMark mark label=say(move |language| words::tested(&newest, language)) />
            {(!checks.is_empty()).then(|| view! { <Checks checks /> })}
        </div>
    }
    .into_any()
}

/// What to do on the phone, and for how long.
#[component]
fn Waits(newest: MobileIdTest) -> impl IntoView {
    let seconds = seconds_left(Memo::new(move |_| browser::milliseconds(&newest.expires_at)));
    let address = page::absolute(&browser::origin(), page::PHONE);
    let left = say(move |language| word::test_now::left(language, &clock(seconds.get())));
    view! {
        <div class="stack test">
            <p>{say(move |language| word::test_now::open(language, &address))}</p>
            <p class="row">
                <Ring label=t(word::process_state::OPEN) />
                <span class="muted figures" role="timer">{left}</span>
            </p>
        </div>
    }
}

#[component]
fn Checks(checks: Vec<TestCheck>) -> impl IntoView {
    // The roles are said because the narrow layout takes the table's display away, and with it its meaning.
    view! {
        <table class="certificates" role="table" aria-label=t(word::test_now::CHECKS)>
            <thead role="rowgroup">
                <tr role="row">
                    {[word::test_now::CHECK, word::test_now::CERTIFICATE, word::test_now::RESULT]
                        .map(|name| view! { <th role="columnheader" scope="col">{t(name)}</th> })
                        .collect_view()}
                </tr>
            </thead>
            <tbody role="rowgroup">
                {checks.into_iter().map(|check| view! { <Check check /> }).collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Check(check: TestCheck) -> impl IntoView {
    let mark = if check.result == CheckResult::Good {
        Mark::Tick
    } else {
        Mark::Stop
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{t(words::check(check.kind))}</th>
            <td role="cell" data-name=t(word::test_now::CERTIFICATE)>{t(words::purpose(check.certificate))}</td>
            <td role="cell" data-name=t(word::test_now::RESULT)>
                <StateMark mark label=t(words::check_result(check.result)) />
            </td>
        </tr>
    }
}
