//! How a set-up ends: with a mobile ID on this phone, or with a page that says what happened, what is safe and what
//! to do. Each match is exhaustive, so that a new ending without a page does not compile.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Ending, Installation};

use super::frame::{Frame, notice};
use crate::device::browser::{hints, is_standalone, is_storage_persisted};
use crate::device::description::is_apple_mobile;
use crate::device::setup::Setup;
use crate::device::stop::Stop;
use crate::i18n::{Language, Word, word};
use crate::ui::{Look, Mark, Tone};
use crate::words;

pub fn installed(setup: Setup, installation: &Installation, language: Language) -> Frame {
    use word::phone as w;
    let date = words::date(&installation.valid_until, language);
    Frame::new(w::INSTALLED_HEADING.text(language))
        .sign("good", Mark::Tick)
        .say_as(
            "phone-lead",
            w::installed_text(language, &date, &installation.profile_name),
        )
        .part(keep_it(language))
        .action(Look::Plain, w::INSTALLED_SHOW.text(language), move || {
            setup.leave();
        })
}

/// What would delete it: clearing the site's data, and on an iPhone in the browser a week without a visit.
fn keep_it(language: Language) -> AnyView {
    use word::phone as w;
    let is_short_lived = RwSignal::new(false);
    spawn_local(async move {
        let evicts = is_apple_mobile(&hints().await) && !is_standalone() && !is_storage_persisted().await;
        is_short_lived.try_set(evicts);
    });
    let draw = move || {
        let mut texts = vec![w::KEEP_HEADING, w::KEEP_SITE_DATA];
        if is_short_lived.get() {
            texts.push(w::KEEP_VISIT);
        }
        let texts = texts.into_iter().map(|text| text.text(language).to_owned());
        notice(Tone::Calm, texts.collect())
    };
    draw.into_any()
}

pub fn stopped(setup: Setup, stop: Stop, language: Language) -> Frame {
    let (heading, text) = sentences(stop);
    let is_calm = matches!(
        stop,
        Stop::Declined | Stop::CancelledHere | Stop::Ended(Ending::CancelledByUser)
    );
    let (tone, mark) = if is_calm {
        ("calm", Mark::Note)
    } else {
        ("bad", Mark::Stop)
    };
    let mut frame = Frame::new(heading.text(language))
        .sign(tone, mark)
        .say(text.text(language));
    if stop.keeps_code() {
        frame = frame.action(Look::Primary, word::phone::TRY_AGAIN.text(language), move || {
            setup.open();
        });
    }
    if stop.leaves_browser_useful() {
        frame = frame.action(Look::Plain, way_on(stop).text(language), move || setup.leave());
    }
    frame
}

/// After a fault of the code, another code; otherwise what is on this phone.
const fn way_on(stop: Stop) -> Word {
    match stop {
        Stop::LinkMalformed | Stop::CodeUnknown | Stop::CodeExpired | Stop::CodeUsed | Stop::CodeReplaced => {
            word::phone::TO_START
        }
        _ => word::phone::TO_LIST,
    }
}

/// Heading and text.
fn sentences(stop: Stop) -> (Word, Word) {
    use word::phone_stop as w;
    match stop {
        Stop::LinkMalformed => (w::LINK_MALFORMED, w::LINK_MALFORMED_TEXT),
        Stop::CodeUnknown => (w::UNKNOWN, w::UNKNOWN_TEXT),
        Stop::CodeExpired => (w::EXPIRED, w::EXPIRED_TEXT),
        Stop::CodeUsed => (w::USED, w::USED_TEXT),
        Stop::CodeReplaced => (w::REPLACED, w::REPLACED_TEXT),
        Stop::NotSecure => (w::NOT_SECURE, w::NOT_SECURE_TEXT),
        Stop::OldBrowser => (w::OLD_BROWSER, w::OLD_BROWSER_TEXT),
        Stop::StorageRefused => (w::STORAGE_REFUSED, w::STORAGE_REFUSED_TEXT),
        Stop::KeysLost => (w::KEYS_LOST, w::KEYS_LOST_TEXT),
        Stop::Declined => (w::DECLINED, w::DECLINED_TEXT),
        Stop::CancelledHere => (w::CANCELLED_HERE, w::CANCELLED_HERE_TEXT),
        Stop::Ended(ending) => ended(ending),
        Stop::Forgotten => (w::FORGOTTEN, w::FORGOTTEN_TEXT),
        Stop::ForeignCertificates => (w::FOREIGN_CERTIFICATES, w::FOREIGN_CERTIFICATES_TEXT),
        Stop::SealedKeyAltered => (w::SEALED_KEY_ALTERED, w::SEALED_KEY_ALTERED_TEXT),
        Stop::Refused(_) => (w::REFUSED, w::REFUSED_TEXT),
    }
}

fn ended(ending: Ending) -> (Word, Word) {
    use word::phone_stop as w;
    match ending {
        Ending::CancelledByUser | Ending::DisownedByMail => {
            (w::CANCELLED_ON_COMPUTER, w::CANCELLED_ON_COMPUTER_TEXT)
        }
        Ending::PhoneNotRecognised => (w::NOT_RECOGNISED, w::NOT_RECOGNISED_TEXT),
        Ending::CancelledOnPhone => (w::CANCELLED_HERE, w::CANCELLED_HERE_TEXT),
        Ending::Abandoned => (w::ABANDONED, w::ABANDONED_TEXT),
        Ending::PhoneSilent => (w::PHONE_SILENT, w::PHONE_SILENT_TEXT),
        Ending::PairingCodeWrong => (w::PAIRING_CODE_WRONG, w::PAIRING_CODE_WRONG_TEXT),
        Ending::NotConfirmedInTime => (w::NOT_CONFIRMED, w::NOT_CONFIRMED_TEXT),
        Ending::ReceiptMissing => (w::RECEIPT_MISSING, w::RECEIPT_MISSING_TEXT),
        Ending::UserNotActive => (w::USER_NOT_ACTIVE, w::USER_NOT_ACTIVE_TEXT),
    }
}
