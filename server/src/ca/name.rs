//! Names in certificates: the subject made from a user record, and any name as RFC 4514 text.

use rcgen::string::Ia5String;
use rcgen::{DistinguishedName, DnType, SanType};
use x509_parser::x509::X509Name;

use super::generation::IssueError;

/// uid (RFC 4519, section 2.39).
const USER_ID: &[u64] = &[0, 9, 2342, 19_200_300, 100, 1, 1];

/// ub-common-name and ub-organization-name (RFC 5280, appendix A.1).
const NAME_CHARACTERS: usize = 64;
/// The upper bound that RFC 4524 gives for uid.
const USER_ID_CHARACTERS: usize = 256;

/// Whose certificate it is, from the user record. Control characters count as spaces. A common name of more than
/// 64 characters, all that X.509 has room for, is cut at the last word that fits.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub common_name: &'a str,
    pub user_id: &'a str,
    /// Left out of the certificate where it is no plain ASCII address.
    pub email: Option<&'a str>,
}

/// A distinguished name, and the same as RFC 4514 text.
#[derive(Debug)]
pub(super) struct Name {
    pub encoded: DistinguishedName,
    pub text: String,
}

/// `CN=common name,UID=user ID`.
pub(super) fn subject(subject: &Subject<'_>) -> Result<Name, IssueError> {
    let common_name = shortened(&clean(subject.common_name));
    let user_id = clean(subject.user_id);
    if common_name.is_empty() || user_id.is_empty() {
        return Err(IssueError::SubjectEmpty);
    }
    if user_id.chars().count() > USER_ID_CHARACTERS {
        return Err(IssueError::UserIdTooLong);
    }
    let text = format!("CN={},UID={}", escaped(&common_name), escaped(&user_id));
    let mut encoded = DistinguishedName::new();
    encoded.push(DnType::CustomDnType(USER_ID.to_vec()), user_id);
    encoded.push(DnType::CommonName, common_name);
    Ok(Name { encoded, text })
}

/// What `subject` puts into a certificate, as RFC 4514 text.
pub fn subject_text(of: &Subject<'_>) -> Result<String, IssueError> {
    Ok(subject(of)?.text)
}

/// `CN=role,O=host`: an authority's name.
pub(super) fn authority(role: &str, host: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, shortened(host));
    name.push(DnType::CommonName, role);
    name
}

/// The subject's alternative name: its e-mail address.
pub(super) fn alternative(subject: &Subject<'_>) -> Option<SanType> {
    let email = subject.email.filter(|email| is_ascii_address(email))?;
    Ia5String::try_from(email).ok().map(SanType::Rfc822Name)
}

/// RFC 4514: most significant part last, special characters escaped.
pub(super) fn rfc4514(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|rdn| {
            rdn.iter()
                .map(|part| {
                    let kind = part.attr_type().to_id_string();
                    let kind = short_name(&kind).unwrap_or(&kind).to_owned();
                    match part.as_str() {
                        Ok(value) => format!("{kind}={}", escaped(value)),
                        Err(_) => format!("{kind}=#{}", hex(part.attr_value().data)),
                    }
                })
                .collect::<Vec<_>>()
                .join("+")
        })
        .collect();
    parts.reverse();
    parts.join(",")
}

/// The names that RFC 4514, section 3, lists.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        _ => return None,
    })
}

/// Upper-case, two digits an octet.
pub(super) fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .fold(String::new(), |text, octet| format!("{text}{octet:02X}"))
}

/// RFC 4514, section 2.4.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (at, c) in value.chars().enumerate() {
        let special = match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => true,
            ' ' => at == 0 || at == last,
            '#' => at == 0,
            _ => false,
        };
        if c == '\0' {
            text.push_str("\\00");
            continue;
        }
        if special {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn clean(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(NAME_CHARACTERS) else {
        return text.to_owned();
    };
    let (kept, rest) = text.split_at(end);
    if rest.starts_with(' ') {
        return kept.to_owned();
    }
    kept.rsplit_once(' ')
        .map_or(kept, |(whole_words, _)| whole_words)
        .to_owned()
}

/// A mailbox as RFC 5280, section 4.2.1.6, wants it: local part and domain of RFC 5321, no comment, no quotes.
fn is_ascii_address(address: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    address.len() <= 254
        && address.split_once('@').is_some_and(|(local, domain)| {
            local.len() <= 64
                && local.split('.').all(is_atom)
                && domain.contains('.')
                && domain.split('.').all(is_label)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(common_name: &str) -> Result<Name, IssueError> {
        subject(&Subject {
            common_name,
            user_id: "anna",
            email: None,
        })
    }

    #[test]
    fn special_characters_are_escaped() {
        for (name, text) in [
            ("Anna Åström", "CN=Anna Åström,UID=anna"),
            ("Svensson, Anna", "CN=Svensson\\, Anna,UID=anna"),
            ("#1 \"<A+B>\"; \\", "CN=\\#1 \\\"\\<A\\+B\\>\\\"\\; \\\\,UID=anna"),
            (" a\u{0}\tb\r\n ", "CN=a b,UID=anna"),
        ] {
            assert_eq!(named(name).unwrap().text, text);
        }
        assert_eq!(escaped(" a "), "\\ a\\ ");
        assert_eq!(escaped(" "), "\\ ");
    }

    #[test]
    fn a_long_name_is_cut_at_a_word() {
        for (name, kept) in [
            ("ö".repeat(64), "ö".repeat(64)),
            ("ö".repeat(65), "ö".repeat(64)),
            (format!("{} bc", "ö".repeat(63)), "ö".repeat(63)),
            (
                format!("{} bcd", "ö".repeat(60)),
                format!("{} bcd", "ö".repeat(60)),
            ),
            (
                format!("{} bcd e", "ö".repeat(60)),
                format!("{} bcd", "ö".repeat(60)),
            ),
        ] {
            assert_eq!(named(&name).unwrap().text, format!("CN={kept},UID=anna"));
        }
    }

    #[test]
    fn a_subject_needs_both_names() {
        assert_eq!(named(" \u{7}").unwrap_err(), IssueError::SubjectEmpty);
        let long = "x".repeat(257);
        for (user_id, error) in [
            ("", IssueError::SubjectEmpty),
            (long.as_str(), IssueError::UserIdTooLong),
        ] {
            let subject = Subject {
                common_name: "Anna",
                user_id,
                email: None,
            };
            assert_eq!(super::subject(&subject).unwrap_err(), error);
        }
    }

    #[test]
    fn only_plain_addresses_are_taken() {
        for good in ["anna@example.com", "a.b+c@x-y.example", "o'neil@example.co.uk"] {
            assert!(is_ascii_address(good), "{good}");
        }
        for bad in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "anna@localhost",
            "åsa@example.com",
            "anna@exämple.com",
            "a b@example.com",
            "a..b@example.com",
            "\"a b\"@example.com",
            "a@b@example.com",
            "a@-x.example",
            "a@x.example.",
            "Anna <anna@example.com>",
            "a\0@example.com",
        ] {
            assert!(!is_ascii_address(bad), "{bad}");
        }
    }
}
