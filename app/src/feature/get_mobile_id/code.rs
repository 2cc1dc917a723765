//! Step 2 while the code is out: the QR code with how to scan it, and the other ways for who cannot.

use leptos::prelude::*;

use super::countdown::{Countdown, code_seconds_left};
use super::enrollment::{Enrollment, HeldCode};
use super::mailed::Mailed;
use super::other_ways::OtherWays;
use super::{STEP_TITLE, StepTitle};
use crate::browser;
use crate::feature::slip::PasswordAgain;
use crate::flow::process::CodeOnScreen;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Look, Notice, Qr, Ring, Tone, anew, derived, memo, use_announcer, whenever_after};

/// A phone's own screen: there is nothing to scan it with.
const ON_A_PHONE: &str = "(max-width: 40rem) and (pointer: coarse)";

#[component]
pub fn Code(enrollment: Enrollment) -> impl IntoView {
    announce_new_codes(enrollment);
    whenever_after(move |before: Option<Option<CodeOnScreen>>| {
        let now = enrollment.on_screen.get();
        // The button that was pressed may be gone with what stood here before.
        if before.flatten().is_some_and(|before| Some(before) != now) {
            request_animation_frame(|| browser::focus(STEP_TITLE));
        }
        now
    });
    view! {
        <div class="stack">
            {anew(move || match enrollment.on_screen.get() {
                Some(CodeOnScreen::Mailed) => view! { <Mailed enrollment /> }.into_any(),
                on_screen => view! { <OnScreen enrollment on_screen /> }.into_any(),
            })}
            <PasswordAgain
                password=enrollment.password
                is_needed=derived(move || enrollment.password_needed())
                slip=enrollment.slip
            />
        </div>
    }
}

#[component]
fn OnScreen(enrollment: Enrollment, on_screen: Option<CodeOnScreen>) -> impl IntoView {
    let on_this_phone = RwSignal::new(browser::matches_media(ON_A_PHONE));
    let title = say(move |language| {
        let title = if on_this_phone.get() {
            word::scan::TITLE_HERE
        } else {
            word::scan::TITLE
        };
        title.text(language).to_owned()
    });
    view! {
        <StepTitle text=title />
        {match on_screen {
            Some(CodeOnScreen::Shown) => view! { <Shown enrollment on_this_phone /> }.into_any(),
            Some(CodeOnScreen::Elsewhere) => view! { <Elsewhere enrollment /> }.into_any(),
            _ => view! { <Wanted enrollment /> }.into_any(),
        }}
    }
}

fn announce_new_codes(enrollment: Enrollment) {
    let announcer = use_announcer();
    let sentence = t(word::scan::NEW_SHOWN);
    let number = memo(move || enrollment.code.with(|code| code.as_ref().map(|code| code.number)));
    whenever_after(move |before: Option<Option<u32>>| {
        let now = number.get();
        if before.flatten().is_some_and(|before| Some(before) != now) {
            announcer.say(sentence.get_untracked());
        }
        now
    });
}

/// No code in this window yet: one is on its way, or could not be had.
#[component]
fn Wanted(enrollment: Enrollment) -> impl IntoView {
    let has_failed = memo(move || {
        !enrollment.busy.get() && (enrollment.slip.with(Option::is_some) || enrollment.password_needed())
    });
    anew(move || {
        if has_failed.get() {
            view! { <NewCode enrollment /> }.into_any()
        } else {
            view! { <Ring label=t(word::product::LOADING) /> }.into_any()
        }
    })
}

#[component]
fn Elsewhere(enrollment: Enrollment) -> impl IntoView {
    view! {
        <Notice tone=Tone::Heed alert=true>
            <p>{t(word::scan::ELSEWHERE)}</p>
            <Button
                label=t(word::scan::SHOW_HERE)
                busy=enrollment.busy
                on_press=Callback::new(move |()| enrollment.new_code())
            />
        </Notice>
    }
}

#[component]
fn Shown(enrollment: Enrollment, on_this_phone: RwSignal<bool>) -> impl IntoView {
    let code = enrollment.code;
    anew(move || {
        code.get().map(|HeldCode { shown, .. }| {
            let link = shown.link.clone();
            let qr = shown.qr.clone();
            view! {
                <div class="scan">
                    {anew(move || {
                        if on_this_phone.get() {
                            view! { <ThisPhone link=link.clone() on_this_phone /> }.into_any()
                        } else {
                            view! { <Qr label=t(word::scan::QR) size=qr.size path=qr.path.clone() /> }.into_any()
                        }
                    })}
                    <div class="stack">
                        {anew(move || (!on_this_phone.get()).then(|| view! { <How /> }))}
                        <Ring label=t(word::process_state::OPEN) />
                        <div class="row">
                            <Countdown seconds=code_seconds_left(enrollment) />
                            <NewCode enrollment />
                        </div>
                    </div>
                </div>
                <OtherWays enrollment shown on_this_phone />
            }
        })
    })
}

#[component]
fn How() -> impl IntoView {
    view! {
        <ol class="numbered">
            <li>{t(word::scan::HOW_1)}</li>
            <li>{t(word::scan::HOW_2)}</li>
            <li>{t(word::scan::HOW_3)}</li>
        </ol>
    }
}

/// The dialog runs on the phone itself: the link takes the place of the QR code.
#[component]
fn ThisPhone(link: String, on_this_phone: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="stack">
            <a class="button" data-look="primary" href=link target="_blank" rel="noopener">
                {t(word::scan::THIS_PHONE)}
            </a>
            <p class="muted">{t(word::scan::THIS_PHONE_HOW)}</p>
            <p>
                <Button
                    label=t(word::scan::OTHER_PHONE)
                    look=Look::Quiet
                    on_press=Callback::new(move |()| on_this_phone.set(false))
                />
            </p>
        </div>
    }
}

#[component]
fn NewCode(enrollment: Enrollment) -> impl IntoView {
    view! {
        <Button
            label=t(word::scan::NEW_CODE)
            look=Look::Quiet
            busy=enrollment.busy
            on_press=Callback::new(move |()| enrollment.new_code())
        />
    }
}
