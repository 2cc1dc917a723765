//! `/`: what can be done, what is not finished, what one has; and the dialog of the process that the URL names.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::api::Dashboard;
use shared::url::page;

use crate::api;
use crate::feature::{
    ExpiringNotice, GetMobileId, GetMobileIdCard, Heading, Loaded, MobileIdCard, UnfinishedNotice, Waiting,
    load, process_in_url,
};
use crate::i18n::{t, word};
use crate::ui::{anew, derived, whenever_after};

#[component]
pub fn DashboardPage() -> impl IntoView {
    let dashboard = load(api::process::dashboard);
    let process = process_in_url();
    let navigate = use_navigate();
    let on_close = Callback::new(move |()| {
        // Only where the dialog is still what the URL names: a step may have led elsewhere already.
        if process.get_untracked().is_some() {
            navigate(page::DASHBOARD, NavigateOptions::default());
        }
    });
    whenever_after(move |was_open: Option<bool>| {
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
        {anew(move || process.get().map(|id| view! { <GetMobileId id on_close /> }))}
    }
}

#[component]
fn Content(dashboard: Loaded<Dashboard>) -> impl IntoView {
    let found = dashboard.value;
    let notices = move |found: Dashboard| {
        let can_start = found.start_refused.is_none();
        view! {
            {found.open_process.map(|process| view! { <UnfinishedNotice id=process.id state=process.state /> })}
            {found
                .expiring
                .into_iter()
                .map(|expiring| view! { <ExpiringNotice expiring can_start /> })
                .collect_view()}
        }
    };
    view! {
        {anew(move || found.get().map(notices))}
        <div class="cards">
            <GetMobileIdCard found />
            {anew(move || found.get().map(|found| view! { <MobileIdCard mobile_ids=found.mobile_ids /> }))}
        </div>
        <Waiting
            is_loaded=derived(move || found.with(Option::is_some))
            failure=dashboard.failure
            again=dashboard.again
        />
    }
}
