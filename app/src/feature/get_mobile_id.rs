//! The dialog Get Mobile ID. The server says which step is shown and what is allowed there; here it is drawn. The
//! open process stands in the URL, so that a reload, a second window and a new sign-in come back to the same step.

mod approval;
mod code;
mod countdown;
mod digits;
mod done;
mod ended;
mod enrollment;
mod footer;
mod introduction;
mod live;
mod mailed;
mod next;
mod other_ways;
mod recovery;
mod replace;

use leptos::ev::SubmitEvent;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::ApprovalState;
use shared::url::page;
use uuid::Uuid;

use crate::browser;
use crate::flow::process::{Picture, STEPS, step_number};
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Modal, Notice, Ring, Tone, anew, close_modal, memo, whenever_after};
use crate::words;
use enrollment::Enrollment;

const QUERY: &str = "process";
/// The headline of each step.
const STEP_TITLE: &str = "step-title";

/// The Dashboard with this process open.
pub fn process_url(id: Uuid) -> String {
    format!("{}?{QUERY}={id}", page::DASHBOARD)
}

/// The process that the URL names.
pub fn process_in_url() -> Memo<Option<Uuid>> {
    let query = use_query_map();
    memo(move || query.with(|query| query.get(QUERY)?.parse().ok()))
}

#[component]
pub fn GetMobileId(
    id: Uuid,
    /// The dialog is closed; the process may go on.
    on_close: Callback<()>,
) -> impl IntoView {
    let enrollment = Enrollment::open(id);
    live::keep_live(enrollment);
    let node = NodeRef::<Dialog>::new();
    let close = Callback::new(move |()| close_modal(node));
    // The button Next, or Enter in a field.
    let next = move |event: SubmitEvent| {
        event.prevent_default();
        enrollment.submit();
    };
    view! {
        <Modal labelled_by="dialog-title dialog-step" node on_close held=enrollment.busy>
            <Top enrollment close />
            <form class="modal-form" novalidate on:submit=next>
                <div class="modal-body" tabindex="0">
                    <Interruption enrollment />
                    <Body enrollment close />
                    <replace::Fate enrollment />
                </div>
                <footer::Footer enrollment close />
            </form>
        </Modal>
    }
}

#[component]
fn Top(enrollment: Enrollment, close: Callback<()>) -> impl IntoView {
    let number = move || {
        enrollment
            .view
            .with(|view| view.as_ref().map_or(1, |view| step_number(view.step)))
    };
    let step =
        say(move |language| word::process::step_of(language, &number().to_string(), &STEPS.to_string()));
    view! {
        <header class="modal-top">
            <h2 id="dialog-title">{t(word::dashboard::GET)}</h2>
            <p id="dialog-step" class="muted">{step}</p>
            <button
                type="button"
                class="modal-close"
                aria-label=t(word::shell::CLOSE)
                title=t(word::process::CLOSING)
                on:click=move |_| close.run(())
            >
                <svg class="mark" viewBox="0 0 20 20" aria-hidden="true">
                    <path d="M4 4l12 12M16 4L4 16" />
                </svg>
            </button>
            <progress class="steps" max=STEPS value=number aria-hidden="true" />
        </header>
    }
}

/// Says quietly that the live view is interrupted.
#[component]
fn Interruption(enrollment: Enrollment) -> impl IntoView {
    anew(move || {
        enrollment.interrupted.get().then(|| {
            view! {
                <Notice tone=Tone::Heed>
                    <p role="status">{t(word::process::INTERRUPTED)}</p>
                </Notice>
            }
        })
    })
}

/// One picture at a time. It is drawn anew only when the picture changes, never for a mere update.
#[component]
fn Body(enrollment: Enrollment, close: Callback<()>) -> impl IntoView {
    let is_in_trouble = memo(move || enrollment.trouble.with(Option::is_some));
    let picture = enrollment.picture;
    whenever_after(move |before: Option<Picture>| {
        let now = picture.get();
        // The digits' field is where one goes on; everywhere else the headline tells what has come.
        if before.is_some_and(|before| before != now) {
            browser::focus(if now == Picture::Digits {
                enrollment::DIGITS
            } else {
                STEP_TITLE
            });
        }
        now
    });
    anew(move || {
        if is_in_trouble.get() {
            return view! { <Trouble enrollment close /> }.into_any();
        }
        match picture.get() {
            Picture::Loading => view! { <Ring label=t(word::product::LOADING) /> }.into_any(),
            Picture::Introduction(Some(ApprovalState::Pending)) => {
                view! { <approval::Waiting enrollment /> }.into_any()
            }
            Picture::Introduction(_) => view! { <introduction::Introduction enrollment /> }.into_any(),
            Picture::Code => view! { <code::Code enrollment /> }.into_any(),
            Picture::Opened => view! { <digits::Opened enrollment /> }.into_any(),
            Picture::Digits => view! { <digits::Digits enrollment /> }.into_any(),
            Picture::Finishing => view! { <done::Finishing /> }.into_any(),
            Picture::Done => view! { <done::Done enrollment /> }.into_any(),
            Picture::Ended => view! { <ended::Ended enrollment /> }.into_any(),
        }
    })
}

/// The process cannot be had: not there, or no server.
#[component]
fn Trouble(enrollment: Enrollment, close: Callback<()>) -> impl IntoView {
    let sentence = say(move |language| {
        enrollment.trouble.get().map_or_else(String::new, |failure| {
            words::failure(&failure).text(language).to_owned()
        })
    });
    view! {
        <Notice tone=Tone::Bad alert=true>
            <p>{sentence}</p>
            <div class="row">
                <Button
                    label=t(word::shell::TRY_AGAIN)
                    on_press=Callback::new(move |()| enrollment.look())
                />
                <Button label=t(word::shell::CLOSE) look=Look::Quiet on_press=close />
            </div>
        </Notice>
    }
}

/// The headline of a step.
#[component]
fn StepTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! {
        <h3 id=STEP_TITLE class="step-title" tabindex="-1">
            <Unbroken text />
        </h3>
    }
}

/// A sentence whose e-mail address stays on one line: a masked one, `a…@example.com`, would be broken after its dots.
#[component]
fn Unbroken(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let word = |word: &str| {
        if word.contains('@') {
            // The space stays outside, where a line may end.
            let whole = word.trim_end();
            let space = word.strip_prefix(whole).unwrap_or_default().to_owned();
            view! {
                <span class="unbroken">{whole.to_owned()}</span>
                {space}
            }
            .into_any()
        } else {
            word.to_owned().into_any()
        }
    };
    view! { <span>{anew(move || text.get().split_inclusive(' ').map(word).collect_view())}</span> }
}
