//! The pairing code: large for the eye, digit by digit for the ear, while the phone waits for the computer.

use leptos::prelude::*;

use super::frame::Frame;
use super::trouble;
use crate::device::screen::Pairing;
use crate::device::setup::Setup;
use crate::i18n::{Language, word};
use crate::ui::{Look, Ring, classed, element, text};
use crate::words;

pub fn frame(setup: Setup, pairing: &Pairing, language: Language) -> Frame {
    use word::phone as w;
    let until = pairing
        .confirm_by
        .as_ref()
        .map(|at| w::pairing_until(language, &words::time(at, language)));
    let status = vec![
        view! { <Ring label=w::PAIRING_WAITING.text(language).to_owned() /> }.into_any(),
        text("span", "muted", until.unwrap_or_default()),
    ];
    Frame::new(w::PAIRING_HEADING.text(language))
        .say_as("muted", w::pairing_for(language, &pairing.profile_name))
        .part(digits(&pairing.code))
        .say(w::PAIRING_TEXT.text(language))
        .part(classed("p", "row phone-status", status))
        .part(trouble::notice(setup, language))
        .say_as("muted small", w::PAIRING_HEED.text(language))
        .action(Look::Plain, w::CANCEL.text(language), move || setup.cancel())
}

/// Groups of three. The ear gets "4 7 1, 0 2 9": a screen reader would otherwise say a number of thousands.
fn digits(code: &str) -> AnyView {
    let (first, second) = code.split_at_checked(3).unwrap_or((code, ""));
    let spoken = format!("{}, {}", spaced(first), spaced(second));
    let seen = |digits: &str| {
        let digits = digits.to_owned().into_any();
        element("span", &[("aria-hidden", "true")], vec![digits])
    };
    let parts = vec![text("span", "for-ears", spoken), seen(first), seen(second)];
    classed("p", "phone-code", parts)
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
