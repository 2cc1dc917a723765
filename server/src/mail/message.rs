//! Rendered words become one RFC 5322 message: text and HTML as alternatives, the QR code by Content-ID. Made once,
//! when the mail is written: each try hands over the same octets.

use lettre::{
    address::Envelope,
    message::{
        Attachment, Mailbox, Message, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use time::OffsetDateTime;

use super::templates::Rendered;

pub struct Parts<'a> {
    pub from: Mailbox,
    pub to: Mailbox,
    pub message_id: String,
    pub at: OffsetDateTime,
    pub rendered: &'a Rendered,
    /// PNG.
    pub qr: Option<Vec<u8>>,
}

/// By which the HTML names the picture.
pub const QR: &str = "qr@activation";

pub fn build(parts: Parts<'_>) -> Result<Vec<u8>, lettre::error::Error> {
    let html = SinglePart::html(parts.rendered.html.clone());
    let text = SinglePart::plain(parts.rendered.text.clone());
    let alternatives = MultiPart::alternative().singlepart(text);
    let body = match parts.qr {
        None => alternatives.singlepart(html),
        Some(png) => {
            let png_type = ContentType::parse("image/png").map_err(|_| lettre::error::Error::MissingTo)?;
            let picture =
                Attachment::new_inline_with_name(QR.into(), "qr-code.png".into()).body(png, png_type);
            alternatives.multipart(MultiPart::related().singlepart(html).singlepart(picture))
        }
    };
    // Given, for else lettre reads it out of the headers, and does not read an address in quotes as it wrote it.
    let envelope = Envelope::new(Some(parts.from.email.clone()), vec![parts.to.email.clone()])?;
    let message = Message::builder()
        .envelope(envelope)
        .from(parts.from)
        .to(parts.to)
        .subject(parts.rendered.subject.clone())
        .date(parts.at.into())
        .message_id(Some(parts.message_id))
        // RFC 3834: no vacation notice is sent in answer.
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .multipart(body)?;
    Ok(message.formatted())
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
