//! Which page a path names, and what a query carries.

use shared::url::page;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    SignIn,
    Dashboard,
    MobileIds,
    MobileId(Uuid),
    /// Not a page of the portal: the server may know it.
    Unknown,
}

impl Route {
    pub fn of(path: &str) -> Self {
        match path {
            page::DASHBOARD => Self::Dashboard,
            page::SIGN_IN => Self::SignIn,
            page::MOBILE_IDS => Self::MobileIds,
            _ => path
                .strip_prefix(page::MOBILE_IDS)
                .and_then(|rest| rest.strip_prefix('/'))
                .and_then(|id| id.parse().ok())
                .map_or(Self::Unknown, Self::MobileId),
        }
    }
}

/// The value of `name` in a query such as `?from=/mobile-ids`, decoded.
pub fn value_in(query: &str, name: &str) -> Option<String> {
    query
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(found, _)| *found == name)
        .and_then(|(_, value)| decode(value))
}

/// Percent-decodes (RFC 3986, section 2.1); `None` where that gives no text.
fn decode(text: &str) -> Option<String> {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(if octet == b'%' {
            16 * hex(rest.next()?)? + hex(rest.next()?)?
        } else {
            octet
        });
    }
    String::from_utf8(octets).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| value.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::return_path::sign_in_from;

    #[test]
    fn every_page_has_its_path() {
        let id = Uuid::from_u128(7);
        for (path, route) in [
            ("/", Route::Dashboard),
            ("/sign-in", Route::SignIn),
            ("/mobile-ids", Route::MobileIds),
            (page::mobile_id(id).as_str(), Route::MobileId(id)),
            ("/mobile-ids/", Route::Unknown),
            ("/mobile-ids/7", Route::Unknown),
            ("/mobile-idsx", Route::Unknown),
            ("/m", Route::Unknown),
            ("", Route::Unknown),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn values_are_found_and_decoded() {
        for (query, value) in [
            ("?from=/a%3Fb%3D1", Some("/a?b=1")),
            ("?x=1&from=%C3%A5", Some("å")),
            ("?from=", Some("")),
            ("?from=%C3", None),
            ("?from=%4", None),
            ("?from=%zz", None),
            ("?fromage=1", None),
            ("", None),
        ] {
            assert_eq!(value_in(query, "from").as_deref(), value, "{query}");
        }
    }

    #[test]
    fn the_way_back_survives_the_query() {
        let back = "/?process=å b&c=%41";
        let url = sign_in_from(back);
        let query = url.strip_prefix("/sign-in").unwrap();
        assert_eq!(value_in(query, "from").as_deref(), Some(back));
    }
}
