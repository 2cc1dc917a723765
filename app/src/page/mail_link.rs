//! `/mail`: where a link in a mail leads. It says what it would do, and does nothing before its button is pressed: mail
//! programs and scanners open links by themselves. The secret stands in the fragment, and stays for a reload.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::feature::MailLinkLetter;
use crate::ui::{anew, memo};

#[component]
pub fn MailLinkPage() -> impl IntoView {
    let fragment = use_location().hash;
    // A second link opened in the same tab changes the fragment alone.
    let token = memo(move || fragment.with(|fragment| fragment.trim_start_matches('#').to_owned()));
    anew(move || view! { <MailLinkLetter token=token.get() /> })
}
