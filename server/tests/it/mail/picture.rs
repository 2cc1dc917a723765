//! The QR code in a mail, read as a camera reads it.

use base64ct::{Base64, Encoding};
use server::domain::mail::Kind;

use super::{Smtp, plain, round, write};

/// The PNG must hold this link, and no more and no less.
pub fn png_of(picture: &[u8], link: &str) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .unwrap();
    let mut octets = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut octets).unwrap();
    let side = usize::try_from(info.width).unwrap();
    assert_eq!(info.width, info.height);
    // One bit a pixel, the first one in the highest bit.
    let pixel = |x: usize, y: usize| {
        let octet = octets[y * info.line_size + x / 8];
        if octet >> (7 - x % 8) & 1 == 1 { 255 } else { 0 }
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, pixel);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code in the picture");
    let (_, content) = grids[0].decode().unwrap();
    assert_eq!(content, link);
}

#[tokio::test]
async fn the_code_in_a_mail_opens_the_link_in_its_text() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    write(&server, Kind::ActivationCode, None).await;
    assert_eq!(round(&server).await.sent, 1);
    let mail = smtp.mails().remove(0);
    let (_, part) = mail.split_once("Content-ID: <qr@activation>").unwrap();
    let (_, body) = part.split_once("\r\n\r\n").unwrap();
    let base64: String = body.split("\r\n--").next().unwrap().split_whitespace().collect();
    png_of(
        &Base64::decode_vec(&base64).unwrap(),
        "https://id.example.com/m#SAMPLE-CODE-THAT-OPENS-NOTHING",
    );
}
