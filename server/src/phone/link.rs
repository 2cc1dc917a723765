//! The activation link: where the server is, and the code.

use shared::protocol::activation::Code;
use shared::url::page;
use url::{Host, Url};

/// What an activation link says, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Scheme, host, port and path prefix, without a slash at the end.
    pub base: String,
    /// For people.
    pub host: String,
    pub code: Code,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("this is not an activation link: it looks like https://id.example.com/m#CODE")]
    NoLink,
    #[error("the link holds no whole activation code after the #: copy the whole link, in quotes")]
    NoCode,
    #[error(
        "the link begins with http://, so anybody on the way can read the code: use https (or --insecure-http)"
    )]
    Insecure,
}

impl Link {
    /// `insecure_http`: take plain http to another machine too; to this machine it is always taken.
    pub fn parse(text: &str, insecure_http: bool) -> Result<Self, LinkError> {
        let mut url = Url::parse(text.trim()).map_err(|_| LinkError::NoLink)?;
        let host = url.host().ok_or(LinkError::NoLink)?.to_owned();
        match url.scheme() {
            "https" => {}
            "http" if insecure_http || is_this_machine(&host) => {}
            "http" => return Err(LinkError::Insecure),
            _ => return Err(LinkError::NoLink),
        }
        let code = url.fragment().map(Code::parse);
        let Some(prefix) = url.path().strip_suffix(page::PHONE).map(str::to_owned) else {
            return Err(LinkError::NoLink);
        };
        if url.query().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(LinkError::NoLink);
        }
        let code = code.and_then(Result::ok).ok_or(LinkError::NoCode)?;
        url.set_fragment(None);
        url.set_path(&prefix);
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            host: host.to_string(),
            code,
        })
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> Code {
        Code::Long([7; 32])
    }

    #[test]
    fn a_link_gives_server_and_code() {
        for (base, insecure_http) in [
            ("https://id.example.com", false),
            ("https://id.example.com:8443/smart", false),
            ("http://localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://id.example.com", true),
        ] {
            let link = Link::parse(&page::activation_link(base, &long().text()), insecure_http).unwrap();
            assert_eq!(link.base, base);
            assert_eq!(link.code, long());
        }
        let typed = Link::parse("https://id.example.com/m#z10a-my5z", false).unwrap();
        assert_eq!(typed.code.text(), "Z10A-MY5Z");
    }

    #[test]
    fn what_is_no_link_is_refused() {
        let code = long().text();
        for (text, error) in [
            (String::new(), LinkError::NoLink),
            (code.clone(), LinkError::NoLink),
            (format!("https://id.example.com/#{code}"), LinkError::NoLink),
            (format!("https://id.example.com/m?x=1#{code}"), LinkError::NoLink),
            (format!("https://a:b@id.example.com/m#{code}"), LinkError::NoLink),
            (format!("ftp://id.example.com/m#{code}"), LinkError::NoLink),
            (format!("file:///m#{code}"), LinkError::NoLink),
            ("https://id.example.com/m".to_owned(), LinkError::NoCode),
            (
                format!("https://id.example.com/m#{}", &code[..42]),
                LinkError::NoCode,
            ),
            (format!("http://id.example.com/m#{code}"), LinkError::Insecure),
            (
                format!("http://localhost.example.com/m#{code}"),
                LinkError::Insecure,
            ),
            (format!("http://10.0.0.1/m#{code}"), LinkError::Insecure),
        ] {
            assert_eq!(Link::parse(&text, false), Err(error), "{text}");
        }
    }
}
