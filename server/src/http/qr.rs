//! An activation link as a QR code (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};
use shared::api;

/// Level M mends 15 per cent: enough for a screen, and the modules stay large.
pub fn code(link: &str) -> api::QrCode {
    let Ok(code) = QrCode::with_error_correction_level(link, EcLevel::M) else {
        // A link is far shorter than the 2,331 octets that fit.
        return api::QrCode {
            size: 0,
            path: String::new(),
        };
    };
    let size = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(size).enumerate() {
        let mut x = 0;
        while x < size {
            let run = row
                .iter()
                .skip(x)
                .take_while(|color| **color == Color::Dark)
                .count();
            if run > 0 {
                path.push_str(&format!("M{x} {y}h{run}v1h-{run}z"));
            }
            x += run.max(1);
        }
    }
    api::QrCode {
        size: u32::try_from(size).unwrap_or_default(),
        path,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_link_becomes_a_square_with_its_three_finders() {
        let code = super::code("https://portal.example.com/m#0123456789012345678901234567890123456789012");
        assert_eq!(code.size, 37, "version 5");
        assert!(code.path.starts_with("M0 0h7v1h-7z"), "{}", code.path);
        assert!(code.path.contains("M30 0h7v1h-7z") && code.path.contains("M0 30h7v1h-7z"));
    }
}
