//! The browser that a request came from, for a mail that tells who asked: in words, from the header `user-agent`, which
//! may say anything. So it is compared with what is known, and nothing of it is ever repeated.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

/// Such as "Firefox on Linux".
pub struct Browser(pub String);

impl<S: Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Ok(Self(described(agent)))
    }
}

/// What a browser says besides its name, in the order that tells it from those that it says it is like.
const BROWSERS: [(&str, &str); 11] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows NT", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

fn described(agent: &str) -> String {
    let known = |table: &[(&str, &'static str)]| {
        let found = table.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        _ => "an unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn what_browsers_say_of_themselves_in_words() {
        let like = |system: &str, rest: &str| format!("Mozilla/5.0 ({system}) {rest}");
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        let windows = "Windows NT 10.0; Win64; x64";
        for (agent, words) in [
            (
                like("X11; Linux x86_64; rv:145.0", "Gecko/20100101 Firefox/145.0"),
                "Firefox on Linux",
            ),
            (like(windows, chrome), "Chrome on Windows"),
            (
                like(windows, &format!("{chrome} Edg/142.0.0.0")),
                "Edge on Windows",
            ),
            (
                like(windows, &format!("{chrome} OPR/120.0.0.0")),
                "Opera on Windows",
            ),
            (
                like(
                    "Macintosh; Intel Mac OS X 10_15_7",
                    "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                ),
                "Safari on macOS",
            ),
            (like("Linux; Android 10; K", chrome), "Chrome on Android"),
            (
                like(
                    "iPhone; CPU iPhone OS 18_7 like Mac OS X",
                    "AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1",
                ),
                "Chrome on iOS",
            ),
            (like("X11; CrOS x86_64 14541.0.0", chrome), "Chrome on ChromeOS"),
            (String::new(), "an unknown browser"),
            ("curl/8.0".into(), "an unknown browser"),
            ("Firefox/1 <script>".into(), "an unknown browser"),
        ] {
            assert_eq!(described(&agent), words, "{agent}");
        }
    }
}
