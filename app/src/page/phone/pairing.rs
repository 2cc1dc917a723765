//! The pairing code: large for the eye, digit by digit for the ear, while the phone waits for the computer.

use leptos::prelude::*;

use super::{heading, paragraph, trouble, use_setup};
use crate::browser;
use crate::device::screen::Pairing;
use crate::i18n::{say, t, word};
use crate::ui::{Button, Ring};

pub fn page(pairing: Pairing) -> impl IntoView {
    let setup = use_setup();
    let Pairing {
        code,
        profile_name,
        confirm_by,
        ..
    } = pairing;
    let until = confirm_by.map(|at| {
        let time = say(move |language| word::phone::pairing_until(language, &browser::time(&at, language)));
        view! { <span class="muted">{time}</span> }
    });
    view! {
        <section class="stack">
            {heading(t(word::phone::PAIRING_HEADING))}
            <p class="muted">{say(move |language| word::phone::pairing_for(language, &profile_name))}</p>
            {digits(&code)}
            {paragraph(word::phone::PAIRING_TEXT)}
            <p class="row phone-status">
                <Ring label=t(word::phone::PAIRING_WAITING) />
                {until}
            </p>
            {trouble::notice(setup)}
            <p class="muted small">{t(word::phone::PAIRING_HEED)}</p>
            <div class="phone-actions">
                <Button label=t(word::phone::CANCEL) on_press=move |()| setup.cancel() />
            </div>
        </section>
    }
}

/// Groups of three. The ear gets "4 7 1, 0 2 9": a screen reader would otherwise say a number of thousands.
fn digits(code: &str) -> impl IntoView + use<> {
    let (first, second) = code.split_at_checked(3).unwrap_or((code, ""));
    let spoken = format!("{}, {}", spaced(first), spaced(second));
    view! {
        <p class="phone-code">
            <span class="for-ears">{spoken}</span>
            <span aria-hidden="true">{first.to_owned()}</span>
            <span aria-hidden="true">{second.to_owned()}</span>
        </p>
    }
}

fn spaced(digits: &str) -> String {
    let digits: Vec<String> = digits.chars().map(String::from).collect();
    digits.join(" ")
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn digits_are_spoken_one_by_one() {
        assert_eq!(spaced("471"), "4 7 1");
        assert_eq!(spaced(""), "");
    }
}
