//! `/`: what can be done, what is not finished, what one has; and the dialog of the process that the URL names.

use leptos::prelude::*;
use shared::api::Dashboard;
use shared::url::page;

use crate::api;
use crate::feature::{
    GetMobileId, GetMobileIdCard, Heading, Loaded, MobileIdCard, UnfinishedNotice, Waiting, load,
    process_in_url,
};
use crate::i18n::{t, word};
use crate::state::use_address;

#[component]
pub fn DashboardPage() -> impl IntoView {
    let dashboard = load(api::process::dashboard);
    let process = process_in_url();
    let address = use_address();
    let on_close = Callback::new(move |()| {
        // Only where the dialog is still what the URL names: a step may have led elsewhere already.
        if process.get_untracked().is_some() {
            address.go(page::DASHBOARD);
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = process.get().is_some();
        if was_open == Some(true) && !is_open {
            dashboard.again.run(());
        }
        is_open
    });
    view! {
        <div class="stack-wide">
            <Heading text=t(word::dashboard::TITLE) />
            <Content dashboard />
        </div>
        {move || process.get().map(|id| view! { <GetMobileId id on_close /> })}
    }
}

#[component]
fn Content(dashboard: Loaded<Dashboard>) -> impl IntoView {
    let value = dashboard.value;
    let refused =
        Memo::new(move |_| value.with(|value| value.as_ref().and_then(|found| found.start_refused)));
    let unfinished =
        Memo::new(move |_| value.with(|value| value.as_ref().and_then(|found| found.open_process.clone())));
    let mobile_ids =
        Memo::new(move |_| value.with(|value| value.as_ref().map(|found| found.mobile_ids.clone())));
    view! {
        {move || unfinished.get().map(|process| view! { <UnfinishedNotice id=process.id state=process.state /> })}
        <div class="cards">
            <GetMobileIdCard refused />
            {move || mobile_ids.get().map(|mobile_ids| view! { <MobileIdCard mobile_ids /> })}
        </div>
        <Waiting
            is_loaded=Signal::derive(move || value.with(Option::is_some))
            failure=dashboard.failure
            again=dashboard.again
        />
    }
}
