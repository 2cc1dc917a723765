//! Activation codes: the long one in the link, the short one for typing. Both are stored as hashes only.

use sha2::{Digest, Sha256};

/// Octets of chance in the long code.
pub const SECRET_OCTETS: usize = 32;
/// Symbols of the short code: 40 bits, which live for minutes behind an attempt limit.
pub const SHORT_CODE_SYMBOLS: usize = 8;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An activation code in its one canonical spelling, whichever way it was written.
#[derive(Clone, PartialEq, Eq)]
pub enum Code {
    Long([u8; SECRET_OCTETS]),
    /// Canonical symbols, no dash.
    Short([u8; SHORT_CODE_SYMBOLS]),
}

/// The text is neither a whole long code nor a whole short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a whole activation code")]
pub struct MalformedCode;

impl Code {
    /// Five bits of chance a symbol.
    pub fn short_from_random(random: [u8; SHORT_CODE_SYMBOLS]) -> Self {
        Self::Short(random.map(|octet| symbol(octet & 31)))
    }

    /// Reads what a link or a person gives: base64url of 32 octets, or eight symbols in any case with spaces or
    /// dashes anywhere, with I and L read as 1 and O as 0.
    pub fn parse(text: &str) -> Result<Self, MalformedCode> {
        let text = text.trim();
        if let Some(secret) = super::decode(text).and_then(|octets| octets.try_into().ok()) {
            return Ok(Self::Long(secret));
        }
        let symbols: Option<Vec<u8>> = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '\u{2013}' | '\u{a0}'))
            .map(canonical)
            .collect();
        symbols
            .and_then(|symbols| symbols.try_into().ok())
            .map(Self::Short)
            .ok_or(MalformedCode)
    }

    pub const fn is_short(&self) -> bool {
        matches!(self, Self::Short(_))
    }

    /// As shown to people and put into links: base64url, or `XXXX-XXXX`.
    pub fn text(&self) -> String {
        match self {
            Self::Long(secret) => super::encode(secret),
            Self::Short(symbols) => {
                let (first, last) = symbols.split_at(SHORT_CODE_SYMBOLS / 2);
                format!(
                    "{}-{}",
                    String::from_utf8_lossy(first),
                    String::from_utf8_lossy(last)
                )
            }
        }
    }

    /// SHA-256 of the canonical spelling: what the server stores and looks up.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.octets()).into()
    }

    /// The secret octets, for the pairing code.
    pub fn octets(&self) -> &[u8] {
        match self {
            Self::Long(secret) => secret,
            Self::Short(symbols) => symbols,
        }
    }
}

/// No secret in logs.
impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_short() {
            "Code::Short(…)"
        } else {
            "Code::Long(…)"
        })
    }
}

fn symbol(five_bits: u8) -> u8 {
    ALPHABET.get(usize::from(five_bits)).copied().unwrap_or(b'0')
}

fn canonical(c: char) -> Option<u8> {
    let upper = match c.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    u8::try_from(upper)
        .ok()
        .filter(|symbol| ALPHABET.contains(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_code_forgives_how_people_write() {
        let code = Code::short_from_random([31, 1, 0, 10, 20, 30, 5, 255]);
        assert_eq!(code.text(), "Z10A-MY5Z");
        for typed in ["Z10A-MY5Z", "z10a my5z", "zLoa–my5z", " Z 1 0 A M Y 5 Z "] {
            assert_eq!(Code::parse(typed), Ok(code.clone()), "{typed}");
            assert_eq!(Code::parse(typed).unwrap().hash(), code.hash());
        }
    }

    #[test]
    fn the_long_code_goes_there_and_back() {
        let code = Code::Long([7; 32]);
        assert_eq!(code.text().len(), 43);
        assert_eq!(Code::parse(&code.text()), Ok(code));
    }

    #[test]
    fn truncated_and_foreign_codes_are_refused() {
        for text in [
            "",
            "abc",
            "Z10A-MY5",
            "Z10A-MY5ZZ",
            "ZU0A-MY5Z",
            "é10A-MY5Z",
            &"A".repeat(42),
            &"A".repeat(44),
        ] {
            assert_eq!(Code::parse(text), Err(MalformedCode), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", Code::Long([7; 32])), "Code::Long(…)");
    }
}
