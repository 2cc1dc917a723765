//! An activation link as a PNG: black on white with its quiet zone, whatever the theme of who reads the mail.

use png::{BitDepth, ColorType, Encoder};
use qrcode::{Color, EcLevel, QrCode};

const BORDER: usize = 4;
const PIXELS_A_MODULE: usize = 8;

/// `None` where the link is longer than a code can hold.
pub fn qr(link: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
    let modules = code.width();
    let colors = code.to_colors();
    let side = (modules + 2 * BORDER) * PIXELS_A_MODULE;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| {
            (at / PIXELS_A_MODULE)
                .checked_sub(BORDER)
                .filter(|at| *at < modules)
        };
        let at = inside(y).zip(inside(x)).map(|(y, x)| y * modules + x);
        at.and_then(|at| colors.get(at)) == Some(&Color::Dark)
    };
    // One octet holds eight pixels, which are one module: a bit of 1 is white.
    let pixels: Vec<u8> = (0..side)
        .flat_map(|y| (0..side).step_by(8).map(move |x| (x, y)))
        .map(|(x, y)| if is_dark(x, y) { 0x00 } else { 0xff })
        .collect();
    let mut octets = Vec::new();
    let length = u32::try_from(side).ok()?;
    let mut encoder = Encoder::new(&mut octets, length, length);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(octets)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_code_stands_in_a_white_border_of_four_modules() {
        let link = "https://id.example.com/m#-T-QjSDUXoWn7Jh7r9uiuSMFaNU6yVhoyma_xg33d9U-";
        let octets = super::qr(link).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(octets))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), ((37 + 8) * 8, (37 + 8) * 8));
        let module = |x: usize, y: usize| pixels[y * 8 * info.line_size + x];
        for n in 0..45 {
            for edge in [0, 1, 2, 3, 41, 42, 43, 44] {
                assert_eq!((module(n, edge), module(edge, n)), (0xff, 0xff), "{n} {edge}");
            }
        }
        assert_eq!(
            (module(4, 4), module(5, 5), module(6, 6)),
            (0, 0xff, 0),
            "a finder"
        );
    }
}
