//! `/admin/mail`: the mail path.

use leptos::prelude::*;

use crate::feature::{Heading, MailOverviewCard, MailPreviews, OutboxTable, TestMail, open_mail_path};
use crate::i18n::{t, word};

#[component]
pub fn MailPage() -> impl IntoView {
    let path = open_mail_path();
    view! {
        <div class="stack-wide">
            <Heading text=t(word::outbox::TITLE) />
            <div class="mail-top">
                <div class="stack">
                    <MailOverviewCard path />
                </div>
                <TestMail path />
            </div>
            <OutboxTable path />
            <MailPreviews />
        </div>
    }
}
