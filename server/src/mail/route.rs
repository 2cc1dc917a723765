//! Where mail goes, as the setting `mail.url` spells it.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

use super::address;

/// Below the data folder, where `file:` names none.
pub const FOLDER: &str = "mail";

#[derive(Debug, Clone)]
pub enum Route {
    Smtp {
        host: String,
        port: u16,
        tls: Tls,
        credentials: Option<(String, SecretString)>,
    },
    /// A folder of .eml files; `None` is the one below the data folder.
    Folder(Option<PathBuf>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Asked for after the greeting, and required.
    Starttls,
    /// From the first octet.
    Implicit,
    /// On this machine only.
    None,
}

impl Route {
    /// For administrators, without user name and password. `data_dir`: where a folder without a name lies.
    pub fn told(&self, data_dir: &Path) -> String {
        let (host, port, tls) = match self {
            Self::Folder(path) => {
                let path = path.clone().unwrap_or_else(|| data_dir.join(FOLDER));
                return format!("file://{}", path.display());
            }
            Self::Smtp { host, port, tls, .. } => (host, port, tls),
        };
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        match tls {
            Tls::Starttls => format!("smtp://{host}:{port}"),
            Tls::Implicit => format!("smtps://{host}:{port}"),
            Tls::None => format!("smtp://{host}:{port}?tls=none"),
        }
    }
}

/// Says what is wrong without repeating the URL: a password may stand in it.
pub fn parse(text: &str) -> Result<Route, String> {
    let text = text.trim();
    if let Some(path) = text
        .strip_prefix("file://")
        .or_else(|| text.strip_prefix("file:"))
    {
        return Ok(Route::Folder((!path.is_empty()).then(|| path.into())));
    }
    let must_be = || {
        "must be smtp://[user:password@]host[:port], smtps://… or file://folder (write other characters in user and \
         password as %XX)"
            .to_owned()
    };
    let url = Url::parse(text).map_err(|_| must_be())?;
    let host = url
        .host()
        .filter(|host| host.to_string() != "")
        .ok_or_else(must_be)?;
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(must_be());
    }
    let tls = match (url.scheme(), url.query()) {
        ("smtp", None) => Tls::Starttls,
        ("smtps", None) => Tls::Implicit,
        ("smtp", Some("tls=none")) if is_here(&host) => Tls::None,
        ("smtp", Some("tls=none")) => {
            return Err("tls=none is for a mail server on this machine (localhost, 127.0.0.1) only".into());
        }
        ("smtp" | "smtps", Some(_)) => return Err("knows no option but tls=none, on smtp://".into()),
        _ => return Err(must_be()),
    };
    let port = url.port().unwrap_or(match tls {
        Tls::Starttls => 587,
        Tls::Implicit => 465,
        Tls::None => 25,
    });
    let decoded = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
    };
    let credentials = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => {
            let (user, password) = (decoded(user), decoded(password));
            Some((
                user.map_err(|_| must_be())?,
                password.map_err(|_| must_be())?.into(),
            ))
        }
        _ => return Err("needs both user and password, or neither".into()),
    };
    let host = match host {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    Ok(Route::Smtp {
        host,
        port,
        tls,
        credentials,
    })
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// "Name <address>", in one spelling.
pub fn sender(text: &str) -> Result<String, String> {
    let wrong = || "must be an address such as Smart ID <no-reply@example.com>".to_owned();
    if text.chars().any(char::is_control) {
        return Err(wrong());
    }
    let mailbox: Mailbox = text.parse().map_err(|_| wrong())?;
    address::mailbox(
        mailbox.name.as_deref().unwrap_or_default(),
        mailbox.email.as_ref(),
    )
    .map(|mailbox| mailbox.to_string())
    .map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Option<String> {
        parse(text).ok().map(|route| match route {
            Route::Folder(path) => format!("{path:?}"),
            Route::Smtp {
                host,
                port,
                tls,
                credentials,
            } => {
                use secrecy::ExposeSecret;
                let credentials =
                    credentials.map(|(user, password)| format!("{user}/{}", password.expose_secret()));
                format!("{host} {port} {tls:?} {credentials:?}")
            }
        })
    }

    #[test]
    fn urls_are_read_as_they_are_meant() {
        for (text, is) in [
            (
                "smtp://mail.example.com",
                Some("mail.example.com 587 Starttls None"),
            ),
            (
                "smtps://mail.example.com:1465",
                Some("mail.example.com 1465 Implicit None"),
            ),
            ("smtp://127.0.0.1:2525?tls=none", Some("127.0.0.1 2525 None None")),
            ("smtp://localhost?tls=none", Some("localhost 25 None None")),
            ("smtp://[::1]:2525?tls=none", Some("::1 2525 None None")),
            (
                "smtp://a%40b:p%2Fw%3A@mail.example.com",
                Some("mail.example.com 587 Starttls Some(\"a@b/p/w:\")"),
            ),
            ("file:///var/mail", Some("Some(\"/var/mail\")")),
            ("file:mail", Some("Some(\"mail\")")),
            ("file:", Some("None")),
            ("smtp://mail.example.com?tls=none", None),
            ("smtp://10.0.0.1?tls=none", None),
            ("smtps://localhost?tls=none", None),
            ("smtp://mail.example.com?starttls=no", None),
            ("smtp://user@mail.example.com", None),
            ("smtp://mail.example.com/path", None),
            ("http://mail.example.com", None),
            ("smtp://", None),
            ("mail.example.com", None),
        ] {
            assert_eq!(say(text).as_deref(), is, "{text}");
        }
    }

    #[test]
    fn no_fault_repeats_a_password_and_debug_does_not_show_it() {
        for text in [
            "http://u:geheim@h",
            "smtp://u:geheim@h?tls=none",
            "smtp://u:geheim@h/x",
        ] {
            assert!(!parse(text).unwrap_err().contains("geheim"), "{text}");
        }
        assert!(!format!("{:?}", parse("smtp://u:geheim@h")).contains("geheim"));
    }

    #[test]
    fn a_route_is_told_without_its_secrets() {
        for (text, told) in [
            ("smtp://a:geheim@mail.example.com", "smtp://mail.example.com:587"),
            (
                "smtps://a:geheim@mail.example.com:2465",
                "smtps://mail.example.com:2465",
            ),
            ("smtp://[::1]:25?tls=none", "smtp://[::1]:25?tls=none"),
            ("file:///var/mail", "file:///var/mail"),
            ("file:", "file:///data/mail"),
        ] {
            assert_eq!(parse(text).unwrap().told(Path::new("/data")), told);
        }
    }

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        assert_eq!(sender("no-reply@localhost").unwrap(), "no-reply@localhost");
        assert!(sender("Smart ID Self-Service <no-reply@id.example.com>").is_ok());
        for wrong in ["", "Smart ID", "Smart ID <x>", "a@b.se\r\nBcc: c@d.se"] {
            assert!(sender(wrong).is_err(), "{wrong:?}");
        }
    }
}
