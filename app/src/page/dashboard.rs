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
    let expiring = Memo::new(move |_| {
        value.with(|value| {
            value
                .as_ref()
                .map(|found| found.expiring.clone())
                .unwrap_or_default()
        })
    });
    let mobile_ids =
        Memo::new(move |_| value.with(|value| value.as_ref().map(|found| found.mobile_ids.clone())));
    view! {
        {move || unfinished.get().map(|process| view! { <UnfinishedNotice id=process.id state=process.state /> })}
        {move || {
            let can_start = refused.get().is_none();
            expiring.get().into_iter().map(|expiring| view! { <ExpiringNotice expiring can_start /> }).collect_view()
        }}
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
