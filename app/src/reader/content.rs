//! What was in the file: its name, and its text where it is one.

/// Longer texts are only saved: nobody reads them on a phone, and drawing them takes its time.
const MAX_SHOWN_OCTETS: usize = 200_000;

/// What an encrypted file's name ends with beyond its content's.
const WRAPPINGS: [&str; 9] = [
    ".p7m", ".p7e", ".p7", ".p7c", ".cms", ".pem", ".der", ".ber", ".enc",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// To save it under.
    pub name: String,
    /// Where it can be read as it is.
    pub text: Option<String>,
}

impl Content {
    /// `file`: the encrypted file's name.
    pub fn of(file: &str, octets: &[u8]) -> Self {
        let text = text(octets);
        Self {
            name: name(file, octets, text.is_some()),
            text,
        }
    }
}

/// `letter.pdf.p7m` holds `letter.pdf`; where no ending is left, the content tells one.
fn name(file: &str, octets: &[u8], is_text: bool) -> String {
    let lower = file.to_ascii_lowercase();
    let ending = WRAPPINGS
        .iter()
        .find(|ending| lower.ends_with(**ending) && lower.len() > ending.len());
    let stem = ending
        .and_then(|ending| file.get(..file.len().checked_sub(ending.len())?))
        .unwrap_or(file);
    let has_ending = stem
        .rsplit_once('.')
        .is_some_and(|(name, ending)| !name.is_empty() && (1..=5).contains(&ending.len()));
    if has_ending && ending.is_some() {
        return stem.to_owned();
    }
    let found = match octets {
        [b'%', b'P', b'D', b'F', ..] => ".pdf",
        _ if is_mail(octets) => ".eml",
        _ if is_text => ".txt",
        _ => ".bin",
    };
    format!("{stem}{found}")
}

/// A MIME entity, such as S/MIME encrypts.
fn is_mail(octets: &[u8]) -> bool {
    ["content-type:", "mime-version:"].iter().any(|header| {
        octets
            .get(..header.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(header.as_bytes()))
    })
}

fn text(octets: &[u8]) -> Option<String> {
    if octets.len() > MAX_SHOWN_OCTETS {
        return None;
    }
    let text = str::from_utf8(octets).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_readable = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    text.chars().all(is_readable).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_named_as_before_it_was_encrypted() {
        for (file, octets, expected) in [
            ("letter.pdf.p7m", &b"%PDF-1.7"[..], "letter.pdf"),
            ("Letter.TXT.P7M", b"hello", "Letter.TXT"),
            ("smime.p7m", b"Content-Type: text/plain\r\n\r\nhello", "smime.eml"),
            ("smime.p7m", b"MIME-Version: 1.0\r\n", "smime.eml"),
            ("message.cms", b"hello", "message.txt"),
            ("scan.cms", b"%PDF-1.7", "scan.pdf"),
            ("photo.cms", &[0xff, 0xd8, 0xff], "photo.bin"),
            ("photo.jpeg.der", &[0xff, 0xd8, 0xff], "photo.jpeg"),
            ("no ending", b"hello", "no ending.txt"),
            ("letter.txt", b"hello", "letter.txt.txt"),
            (".p7m", b"hello", ".p7m.txt"),
            ("v1.2 of the contract.p7m", b"hello", "v1.2 of the contract.txt"),
            ("räksmörgås.p7m", b"hello", "räksmörgås.txt"),
            ("", b"hello", ".txt"),
        ] {
            assert_eq!(Content::of(file, octets).name, expected, "{file}");
        }
    }

    #[test]
    fn only_what_can_be_read_is_shown() {
        for (octets, text) in [
            (&b"Dear Anna,\r\n\tsee you"[..], Some("Dear Anna,\r\n\tsee you")),
            ("\u{feff}Grüße".as_bytes(), Some("Grüße")),
            (b"", Some("")),
            (b"a\0b", None),
            (&[0xe5, 0x20], None),
            (b"\x1b[31m", None),
        ] {
            assert_eq!(Content::of("a", octets).text.as_deref(), text, "{octets:?}");
        }
        assert_eq!(
            Content::of("a", &"a".repeat(MAX_SHOWN_OCTETS + 1).into_bytes()).text,
            None
        );
    }
}
