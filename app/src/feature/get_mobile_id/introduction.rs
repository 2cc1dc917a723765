//! Step 1: what will happen, what is needed, what will be made.

use leptos::prelude::*;
use shared::api::{CodeDelivery, Plan, ProcessView};

use super::enrollment::{Enrollment, PASSWORD};
use super::{StepTitle, Unbroken};
use crate::browser;
use crate::feature::plan::PlanFacts;
use crate::i18n::{say, t, word};
use crate::ui::{Field, FieldKind, Notice, Tone};

#[component]
pub fn Introduction(enrollment: Enrollment) -> impl IntoView {
    let view: Option<ProcessView> = enrollment.view.get_untracked();
    let delivery = delivery(view.as_ref().map(|view| &view.plan));
    let active_phone = view
        .as_ref()
        .and_then(|view| view.active_mobile_id.as_ref())
        .map(|id| id.phone.clone());
    view! {
        <div class="stack">
            <p>{t(word::introduction::LEAD)}</p>
            {active_phone
                .map(|phone| {
                    view! {
                        <Notice tone=Tone::Calm>
                            <p>{say(move |language| word::introduction::has_active(language, &phone))}</p>
                        </Notice>
                    }
                })}
            <div class="halves">
                <section class="stack">
                    <StepTitle text=t(word::introduction::HAPPENS) />
                    <ol class="numbered">
                        <li>
                            <Unbroken text=delivery />
                        </li>
                        <li>{t(word::introduction::HAPPENS_2)}</li>
                        <li>{t(word::introduction::HAPPENS_3)}</li>
                    </ol>
                    <p class="muted">{t(word::introduction::NEEDED)}</p>
                </section>
                <section class="stack">
                    <h3>{t(word::introduction::PLAN)}</h3>
                    {view.map(|view| view! { <PlanFacts plan=view.plan chosen=enrollment.chosen /> })}
                </section>
            </div>
            <Password enrollment />
        </div>
    }
}

/// Where the code will come.
fn delivery(plan: Option<&Plan>) -> Signal<String> {
    let delivery = plan.map_or(CodeDelivery::Screen, |plan| plan.delivery);
    let address = plan
        .and_then(|plan| plan.mail_address.clone())
        .unwrap_or_default();
    say(move |language| match delivery {
        CodeDelivery::Screen => word::introduction::HAPPENS_1.text(language).to_owned(),
        CodeDelivery::Mail => word::introduction::happens_1_mail(language, &address),
        CodeDelivery::ScreenWithoutAddress => {
            word::introduction::HAPPENS_1_NO_ADDRESS.text(language).to_owned()
        }
    })
}

/// Where the sign-in has grown old.
#[component]
fn Password(enrollment: Enrollment) -> impl IntoView {
    let is_needed = Memo::new(move |_| {
        enrollment
            .view
            .with(|view| view.as_ref().is_some_and(|view| view.password_needed))
    });
    let slip = enrollment.slip_at(PASSWORD);
    let sentence = say(move |language| slip.get().map_or_else(String::new, |slip| slip.text(language)));
    let error = Signal::derive(move || Some(sentence.get()).filter(|sentence| !sentence.is_empty()));
    Effect::new(move || {
        // The server has asked for it on Next: the field appears, and that is where one goes on.
        if is_needed.get() && slip.with_untracked(Option::is_some) {
            request_animation_frame(|| browser::focus(PASSWORD));
        }
    });
    move || {
        is_needed.get().then(|| {
            view! {
                <Field
                    id=PASSWORD
                    label=t(word::sign_in::PASSWORD)
                    hint=t(word::introduction::PASSWORD_HINT)
                    kind=FieldKind::Password
                    autocomplete="current-password"
                    value=enrollment.password
                    error
                />
            }
        })
    }
}
