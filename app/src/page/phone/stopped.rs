//! A page for each way in which a set-up ends without a mobile ID: what happened, what is safe, what to do.

use leptos::prelude::*;
use shared::api::Ending;

use super::{heading, paragraph, use_setup};
use crate::device::stop::Stop;
use crate::i18n::{Word, t, word};
use crate::ui::{Button, Look, Mark, MarkShape};

pub fn page(stop: Stop) -> impl IntoView {
    let setup = use_setup();
    let (title, text) = sentences(stop);
    let is_calm = matches!(
        stop,
        Stop::Declined | Stop::CancelledHere | Stop::Ended(Ending::CancelledByUser)
    );
    let (tone, mark) = if is_calm {
        ("calm", Mark::Note)
    } else {
        ("bad", Mark::Stop)
    };
    view! {
        <section class="stack">
            <div class="phone-sign" data-tone=tone><MarkShape mark /></div>
            {heading(t(title))}
            {paragraph(text)}
            <div class="phone-actions">
                {stop.keeps_code().then(|| view! {
                    <Button label=t(word::phone::TRY_AGAIN) look=Look::Primary on_press=move |()| setup.open() />
                })}
                {stop.leaves_browser_useful().then(|| view! {
                    <Button label=t(way_on(stop)) on_press=move |()| setup.leave() />
                })}
            </div>
        </section>
    }
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
        Stop::Refused(_) => (w::REFUSED, w::REFUSED_TEXT),
    }
}

fn ended(ending: Ending) -> (Word, Word) {
    use word::phone_stop as w;
    match ending {
        Ending::CancelledByUser => (w::CANCELLED_ON_COMPUTER, w::CANCELLED_ON_COMPUTER_TEXT),
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
