//! `/admin/recoveries`: requests to recover encryption keys.

use leptos::prelude::*;

use crate::feature::{Heading, RecoveryRequests};
use crate::i18n::{t, word};

#[component]
pub fn RecoveriesPage() -> impl IntoView {
    view! {
        <div class="stack-wide">
            <div class="stack">
                <Heading text=t(word::recoveries::TITLE) />
                <p>{t(word::recoveries::LEAD)}</p>
            </div>
            <RecoveryRequests />
        </div>
    }
}
