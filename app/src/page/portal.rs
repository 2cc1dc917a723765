//! The portal: the root of its application, with its pages.

use leptos::prelude::*;

use super::dashboard::DashboardPage;
use super::mobile_id::MobileIdPage;
use super::mobile_ids::MobileIdsPage;
use super::not_found::NotFoundPage;
use super::sign_in::SignInPage;
use crate::feature::{Guard, Shell, provide_headings};
use crate::flow::route::Route;
use crate::i18n::provide_language;
use crate::state::{provide_address, provide_session};
use crate::ui::{LiveRegion, provide_announcer};

#[component]
pub fn Portal() -> impl IntoView {
    provide_language();
    provide_headings();
    provide_session();
    let route = provide_address().route();
    let announcer = provide_announcer();
    view! {
        <LiveRegion announcer />
        <Shell>
            {move || match route.get() {
                Route::SignIn => view! { <SignInPage /> }.into_any(),
                Route::Dashboard => view! { <Guard><DashboardPage /></Guard> }.into_any(),
                Route::MobileIds => view! { <Guard><MobileIdsPage /></Guard> }.into_any(),
                Route::MobileId(id) => view! { <Guard><MobileIdPage id /></Guard> }.into_any(),
                Route::Unknown => view! { <NotFoundPage /> }.into_any(),
            }}
        </Shell>
    }
}
