//! The portal: the root of its application, with its routes.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use super::dashboard::DashboardPage;
use super::mobile_id::MobileIdPage;
use super::mobile_ids::MobileIdsPage;
use super::not_found::NotFoundPage;
use super::sign_in::SignInPage;
use crate::feature::{Guard, Shell, provide_headings};
use crate::i18n::provide_language;
use crate::state::provide_session;
use crate::ui::{LiveRegion, provide_announcer};

#[component]
pub fn Portal() -> impl IntoView {
    provide_language();
    provide_headings();
    provide_session();
    let announcer = provide_announcer();
    view! {
        <LiveRegion announcer />
        <Router>
            <Shell>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/sign-in") view=SignInPage />
                    <Route path=path!("/") view=|| view! { <Guard><DashboardPage /></Guard> } />
                    <Route path=path!("/mobile-ids") view=|| view! { <Guard><MobileIdsPage /></Guard> } />
                    <Route path=path!("/mobile-ids/:id") view=|| view! { <Guard><MobileIdPage /></Guard> } />
                </FlatRoutes>
            </Shell>
        </Router>
    }
}
