//! Settings: one TOML file, overridden by `SELFSERVICE_` variables (`SELFSERVICE_HTTP__BIND` is `http.bind`). A
//! wrong or unknown setting is refused with its name, all of them at once.

mod archive;
mod keys;
mod mail;
mod reader;

use std::{net::SocketAddr, path::PathBuf};

use axum_client_ip::ClientIpSource;
use time::Duration;

use crate::{ca::KeyPlace, domain::limits::Limits};
use reader::{Reader, positive};

pub use archive::Archive;
pub use mail::Mail;
pub use reader::{Fault, SettingsError};

#[derive(Debug, Clone)]
pub struct Settings {
    /// SQLite file, CA and mail folder live below it.
    pub data_dir: PathBuf,
    pub database_url: String,
    pub ca_keys: KeyPlace,
    pub archive: Archive,
    pub demo: bool,
    pub http: Http,
    pub sign_in: SignIn,
    pub log: Log,
    pub limits: Limits,
    pub mail: Mail,
}

#[derive(Debug, Clone)]
pub struct Http {
    pub bind: SocketAddr,
    /// What stands in links and certificates, without a slash at the end.
    pub public_url: String,
    /// Where the built web application lies.
    pub web_dir: PathBuf,
    /// Which address counts as the client's, behind a proxy.
    pub client_ip: ClientIpSource,
}

#[derive(Debug, Clone, Copy)]
pub struct SignIn {
    /// Attempts at one account that are free; one more each 30 seconds.
    pub account_attempts: u32,
    /// Attempts from one address that are free; one more each second.
    pub address_attempts: u32,
    pub session_idle: Duration,
    pub session_total: Duration,
}

#[derive(Debug, Clone)]
pub struct Log {
    pub json: bool,
    /// As `RUST_LOG` spells it.
    pub filter: String,
}

impl Settings {
    /// From the file, if one is named, and the environment.
    pub fn load(file: Option<&std::path::Path>) -> Result<Self, SettingsError> {
        Self::read(Reader::load(file)?)
    }

    fn read(mut reader: Reader) -> Result<Self, SettingsError> {
        let data_dir: PathBuf = reader.text("data_dir", "data").into();
        let default_database = format!(
            "sqlite:{}?mode=rwc",
            data_dir.join("selfservice.sqlite").display()
        );
        let database_url = reader.checked("database.url", &default_database, |url| {
            let known = ["sqlite:", "postgres://", "postgresql://"]
                .iter()
                .any(|scheme| url.starts_with(scheme));
            known
                .then(|| url.to_owned())
                .ok_or_else(|| "must begin with sqlite: or postgres://".into())
        });
        let ca_keys = keys::of_ca(&mut reader);
        let archive = archive::archive(&mut reader, &data_dir);
        let demo = reader.parsed("demo", "false", "true or false");
        let http = http(&mut reader);
        let sign_in = sign_in(&mut reader);
        let json = reader.checked("log.format", "text", |format| match format {
            "text" => Ok(false),
            "json" => Ok(true),
            _ => Err("must be text or json".into()),
        });
        let log = Log {
            json,
            filter: reader.text("log.filter", "info"),
        };
        let limits = limits(&mut reader);
        if demo && !http.bind.ip().is_loopback() {
            reader.fault(
                "http.bind",
                "a demo listens on a loopback address only, such as 127.0.0.1:8080",
            );
        }
        let mail = mail::mail(&mut reader, &http.public_url, demo);
        reader.finish()?;
        Ok(Self {
            data_dir,
            database_url,
            ca_keys,
            archive,
            demo,
            http,
            sign_in,
            log,
            limits,
            mail,
        })
    }

    pub fn is_https(&self) -> bool {
        self.http.public_url.starts_with("https://")
    }
}

fn http(reader: &mut Reader) -> Http {
    let bind: SocketAddr = reader.parsed(
        "http.bind",
        "127.0.0.1:8080",
        "an address and port such as 127.0.0.1:8080",
    );
    let public_url = reader.checked(
        "http.public_url",
        &format!("http://localhost:{}", bind.port()),
        public_url,
    );
    let web_dir = reader.text("http.web_dir", "dist").into();
    let client_ip = reader.parsed(
        "http.client_ip",
        "ConnectInfo",
        "ConnectInfo, RightmostXForwardedFor, RightmostForwarded, XRealIp or another source that axum-client-ip knows",
    );
    Http {
        bind,
        public_url,
        web_dir,
        client_ip,
    }
}

fn sign_in(reader: &mut Reader) -> SignIn {
    let whole = "a whole number of at least 1";
    let attempts = |reader: &mut Reader, name, default| {
        let attempts: std::num::NonZeroU32 = reader.parsed(name, default, whole);
        attempts.get()
    };
    SignIn {
        account_attempts: attempts(reader, "sign_in.account_attempts", "10"),
        address_attempts: attempts(reader, "sign_in.address_attempts", "60"),
        session_idle: Duration::minutes(reader.checked("sign_in.session_idle_minutes", "30", positive)),
        session_total: Duration::hours(reader.checked("sign_in.session_hours", "12", positive)),
    }
}

fn limits(reader: &mut Reader) -> Limits {
    let default = Limits::default();
    let mut seconds = |name, default: Duration| {
        Duration::seconds(reader.checked(name, &default.whole_seconds().to_string(), positive))
    };
    Limits {
        process_ttl: seconds("enrollment.process_seconds", default.process_ttl),
        keys_ttl: seconds("enrollment.keys_seconds", default.keys_ttl),
        confirmation_ttl: seconds("enrollment.confirmation_seconds", default.confirmation_ttl),
        receipt_ttl: seconds("enrollment.receipt_seconds", default.receipt_ttl),
        approval_ttl: seconds("recovery.approval_seconds", default.approval_ttl),
        fresh_sign_in: seconds("sign_in.fresh_seconds", default.fresh_sign_in),
        code_ttl: reader.checked("enrollment.code_seconds", "", |text| match text {
            "" => Ok(None),
            text => positive(text).map(|seconds| Some(Duration::seconds(seconds))),
        }),
        lock_paused_after_days: reader.checked(
            "mobile_id.lock_paused_after_days",
            &default.lock_paused_after_days.unwrap_or_default().to_string(),
            |text| match text.trim() {
                "0" => Ok(None),
                text => days(text).map(Some),
            },
        ),
        recoveries_per_day: {
            let most = default.recoveries_per_day.to_string();
            let most: std::num::NonZeroU32 =
                reader.parsed("recovery.per_day", &most, "a whole number of at least 1");
            most.get()
        },
        ..default
    }
}

/// Up to ten years, or, for ever, 0.
fn days(text: &str) -> Result<u32, String> {
    let days = text.parse().ok().filter(|days| (1..=3_650).contains(days));
    days.ok_or_else(|| "must be a whole number from 0 (never) to 3650".into())
}

/// An origin: https, or http where the browser is on this machine (only there does it allow WebCrypto).
fn public_url(text: &str) -> Result<String, String> {
    let wrong = || "must be an origin such as https://id.example.com, without a path".to_owned();
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    if !matches!(url.path(), "" | "/")
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(wrong());
    }
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => {
            return Err(
                "must be https: phones make keys on secure pages only (http is for localhost)".into(),
            );
        }
        _ => return Err(wrong()),
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests;
