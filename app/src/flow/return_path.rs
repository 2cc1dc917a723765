//! Where to go after signing in: back to where one came from, within this site only.

use shared::url::page;

/// The sign-in page with the way back in its query.
pub fn sign_in_from(path_and_query: &str) -> String {
    if path_and_query == page::DASHBOARD || path_and_query.starts_with(page::SIGN_IN) {
        return page::SIGN_IN.to_owned();
    }
    format!("{}?from={}", page::SIGN_IN, encode(path_and_query))
}

/// The way back, or the Dashboard where the wish leads anywhere but to a path of this site.
pub fn after_sign_in(wish: Option<&str>) -> &str {
    wish.filter(|path| is_own_path(path)).unwrap_or(page::DASHBOARD)
}

/// One slash first and no second (`//host` and `/\host` name another host), no control characters (browsers drop
/// tabs and newlines out of an address), and not the sign-in page again.
fn is_own_path(path: &str) -> bool {
    path.strip_prefix('/')
        .is_some_and(|rest| !rest.starts_with(['/', '\\']))
        && !path.contains(|c: char| c.is_control() || c == '\\')
        && !path.starts_with(page::SIGN_IN)
}

/// Percent-encodes all but unreserved characters and the slash (RFC 3986, section 2.3).
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~/".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            encoded.push('%');
            encoded.extend([octet >> 4, octet & 15].map(|digit| {
                char::from_digit(digit.into(), 16)
                    .unwrap_or('0')
                    .to_ascii_uppercase()
            }));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_kept() {
        assert_eq!(sign_in_from("/"), "/sign-in");
        assert_eq!(sign_in_from("/sign-in?from=%2F"), "/sign-in");
        assert_eq!(
            sign_in_from("/?process=a b&c"),
            "/sign-in?from=/%3Fprocess%3Da%20b%26c"
        );
    }

    #[test]
    fn no_way_back_leaves_this_site() {
        for (wish, path) in [
            (Some("/mobile-ids?x=1"), "/mobile-ids?x=1"),
            (Some("/?process=1"), "/?process=1"),
            (None, "/"),
            (Some(""), "/"),
            (Some("https://evil.example"), "/"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("/a\\..\\b"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some("/sign-in?from=/"), "/"),
        ] {
            assert_eq!(after_sign_in(wish), path, "{wish:?}");
        }
    }
}
