//! Step 1: what will happen, what is needed, what will be made.

use leptos::prelude::*;
use shared::api::{CodeDelivery, Plan, ProcessView};

use super::approval::Outcome;
use super::enrollment::Enrollment;
use super::replace::Earlier;
use super::{StepTitle, Unbroken, recovery};
use crate::feature::plan::PlanFacts;
use crate::feature::slip::PasswordAgain;
use crate::i18n::{say, t, word};
use crate::ui::derived;

#[component]
pub fn Introduction(enrollment: Enrollment) -> impl IntoView {
    let view: Option<ProcessView> = enrollment.view.get_untracked();
    let is_needed = derived(move || enrollment.password_needed());
    // What came of a request is the headline then.
    let is_decided = enrollment
        .recovery()
        .is_some_and(|recovery| recovery.approval.is_some());
    let happens = t(word::introduction::HAPPENS);
    let delivery = delivery(view.as_ref().map(|view| &view.plan));
    view! {
        <div class="stack">
            <Outcome enrollment />
            <p>{t(word::introduction::LEAD)}</p>
            <Earlier enrollment />
            <div class="halves">
                <section class="stack">
                    {if is_decided {
                        view! { <h3>{happens}</h3> }.into_any()
                    } else {
                        view! { <StepTitle text=happens /> }.into_any()
                    }}
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
            <recovery::Earlier enrollment />
            <PasswordAgain password=enrollment.password is_needed slip=enrollment.slip />
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
