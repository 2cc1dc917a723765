//! For those who are signed in but find nothing here.

use leptos::prelude::*;
use shared::problem::Code;
use shared::url::page;

use crate::feature::{Heading, Link};
use crate::flow::console_place::ConsolePlace;
use crate::i18n::{t, word};
use crate::words;

#[component]
pub fn RoleNeededPage(place: ConsolePlace) -> impl IntoView {
    let why = if place == ConsolePlace::Recoveries {
        word::recoveries::ROLE_NEEDED
    } else {
        words::problem(Code::RoleNeeded)
    };
    view! {
        <div class="stack">
            <Heading text=t(word::options::ROLE_NEEDED) />
            <p>{t(why)}</p>
            <p>
                <Link href=page::DASHBOARD>{t(word::not_found::BACK)}</Link>
            </p>
        </div>
    }
}
