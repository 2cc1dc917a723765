//! The settings of the mail path.

use std::{
    path::{Path, PathBuf},
    time::Duration as StdDuration,
};

use time::Duration;

use super::reader::{Reader, positive};
use crate::mail::{Route, parse_route, parse_sender};

#[derive(Debug, Clone)]
pub struct Mail {
    /// `None`: this installation sends no mail.
    pub route: Option<Route>,
    pub from: String,
    pub give_up: Duration,
    /// How long a mail that came to its end is still listed.
    pub keep: Duration,
    pub timeout: StdDuration,
    pub templates: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
}

pub fn mail(reader: &mut Reader, public_url: &str, demo: bool) -> Mail {
    let host = url::Url::parse(public_url)
        .ok()
        .and_then(|url| url.host_str().map(ToOwned::to_owned));
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let route = reader.checked("mail.url", if demo { "file:" } else { "" }, |text| {
        (!text.trim().is_empty()).then(|| parse_route(text)).transpose()
    });
    let from = reader.checked(
        "mail.from",
        &format!("Smart ID Self-Service <no-reply@{host}>"),
        parse_sender,
    );
    let give_up = Duration::hours(reader.checked("mail.give_up_hours", "48", positive));
    let keep = Duration::days(reader.checked("mail.keep_days", "90", days));
    let seconds = reader.checked("mail.timeout_seconds", "30", |text| {
        positive(text)
            .ok()
            .filter(|seconds| *seconds <= 600)
            .and_then(|seconds| u64::try_from(seconds).ok())
            .ok_or_else(|| "must be a whole number from 1 to 600".to_owned())
    });
    let folder = path(reader, "mail.templates", Path::is_dir, "is no folder");
    let ca_file = path(reader, "mail.ca_file", Path::is_file, "is no file");
    Mail {
        route,
        from,
        give_up,
        keep,
        timeout: StdDuration::from_secs(seconds),
        templates: folder,
        ca_file,
    }
}

fn days(text: &str) -> Result<i64, String> {
    let days = positive(text).ok().filter(|days| *days <= 3_650);
    days.ok_or_else(|| "must be a whole number from 1 to 3650".to_owned())
}

fn path(
    reader: &mut Reader,
    name: &'static str,
    is_right: fn(&Path) -> bool,
    fault: &str,
) -> Option<PathBuf> {
    reader.checked(name, "", |text| {
        let path = (!text.is_empty()).then(|| PathBuf::from(text));
        match &path {
            Some(path) if !is_right(path) => Err(format!("{fault}: {}", path.display())),
            _ => Ok(()),
        }?;
        Ok(path)
    })
}
