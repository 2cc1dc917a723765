//! Something is under way and nothing is to be done.

use leptos::prelude::*;

use super::paragraph;
use crate::i18n::{Word, t};
use crate::ui::{Mark, MarkShape};

pub fn page(title: Word, text: Option<Word>) -> impl IntoView {
    view! {
        <section class="stack phone-waiting" aria-busy="true">
            <MarkShape mark=Mark::Waiting />
            {super::heading(t(title))}
            {text.map(paragraph)}
        </section>
    }
}
