//! Addresses and names that may stand in a header. lettre parses and encodes; what could end a header line or turn
//! its reading order round never gets so far.

use lettre::{Address, message::Mailbox};
use url::Host;

/// RFC 5321, 4.5.3.1.3, without the angle brackets.
const LONGEST: usize = 254;
const LONGEST_NAME: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no e-mail address that mail can be sent to")]
pub struct BadAddress;

/// The domain is written in ASCII (IDNA); letters before the @ stay, and need a server that offers SMTPUTF8.
pub fn parse(text: &str) -> Result<Address, BadAddress> {
    let text = text.trim();
    if text.len() > LONGEST || text.chars().any(|c| c.is_control() || is_direction(c)) {
        return Err(BadAddress);
    }
    let (user, domain) = text.rsplit_once('@').ok_or(BadAddress)?;
    let domain = match Host::parse(domain) {
        Ok(Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    };
    Address::new(user, domain).map_err(|_| BadAddress)
}

/// Whether a mail can be sent to it.
pub fn is_address(text: &str) -> bool {
    parse(text).is_ok()
}

pub fn mailbox(name: &str, address: &str) -> Result<Mailbox, BadAddress> {
    let name = line(name, LONGEST_NAME);
    let name = (!name.is_empty()).then_some(name);
    Ok(Mailbox::new(name, parse(address)?))
}

/// One line without control characters and without marks that turn the reading order, `longest` characters at most.
pub fn line(text: &str, longest: usize) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let spaced: String = spaced.filter(|c| !is_direction(*c)).collect();
    let mut line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(longest) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Invisible marks that reorder what follows, and the line separators of Unicode.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mail_reaches_are_taken_and_all_else_is_refused() {
        for (text, stands) in [
            ("anna@example.com", Some("anna@example.com")),
            (" anna@example.com ", Some("anna@example.com")),
            ("anna@räksmörgås.se", Some("anna@xn--rksmrgs-5wao1o.se")),
            ("åsa@example.com", Some("åsa@example.com")),
            ("\"anna s\"@example.com", Some("\"anna s\"@example.com")),
            ("\"anna>s\"@example.com", Some("\"anna>s\"@example.com")),
            ("anna", None),
            ("@example.com", None),
            ("anna@", None),
            ("anna svensson@example.com", None),
            ("anna@example.com\r\nBcc: eve@example.com", None),
            ("anna\r\n@example.com", None),
            ("anna@example.com>", None),
            ("<anna@example.com>", None),
            ("anna@example.com,eve@example.com", None),
            ("\u{202e}anna@example.com", None),
        ] {
            assert_eq!(
                parse(text).ok().map(|a| a.to_string()).as_deref(),
                stands,
                "{text:?}"
            );
        }
        assert!(parse(&format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn a_name_is_one_line_of_decent_length() {
        assert_eq!(
            line("Anna\r\nBcc: eve@example.com", 99),
            "Anna Bcc: eve@example.com"
        );
        assert_eq!(line("\u{202e}annA\u{0}", 99), "annA");
        assert_eq!(line(&"å".repeat(10_000), 5), "ååååå…");
    }
}
