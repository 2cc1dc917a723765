//! What the headless phone tells whoever started it: lines for people, or one JSON object a line for programs.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use shared::api::Purpose;
use uuid::Uuid;

/// Fields and their names are relied upon by programs that read `--json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    Resumed {
        folder: &'a Path,
    },
    Offer {
        host: &'a str,
        user: &'a str,
        server_name: &'a str,
        expires_at: &'a str,
    },
    Claimed {
        process: Uuid,
        purposes: &'a [Purpose],
        /// Archived keys will come.
        transport_key: bool,
        expires_at: &'a str,
    },
    PairingCode {
        /// Six digits.
        pairing_code: &'a str,
        expires_at: Option<&'a str>,
    },
    Installed {
        mobile_id: Uuid,
        profile_name: &'a str,
        user_id: &'a str,
        valid_until: &'a str,
        /// Serial numbers of the earlier encryption certificates whose keys came too.
        recovered: &'a [&'a str],
        folder: &'a Path,
    },
    Decrypted {
        /// Of the certificate whose key opened it.
        serial: &'a str,
        octets: usize,
        file: &'a Path,
    },
    Failed {
        reason: &'a str,
        /// The stable problem code, or how the process ended, where there is one.
        code: Option<&'a str>,
    },
}

#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// JSON lines in place of sentences.
    pub json: bool,
}

impl Report {
    /// Writes to standard output, at once: a program may wait for the line.
    pub fn tell(self, event: &Event<'_>) -> io::Result<()> {
        let line = if self.json {
            serde_json::to_string(event)?
        } else {
            sentence(event)
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }
}

fn sentence(event: &Event<'_>) -> String {
    match event {
        Event::Resumed { folder } => format!("Goes on with the enrollment in {}.", folder.display()),
        Event::Offer {
            host,
            user,
            server_name,
            ..
        } => format!("{server_name} at {host} asks to set up a mobile ID for {user}."),
        Event::Claimed {
            purposes,
            transport_key,
            ..
        } => {
            let purposes: Vec<&str> = purposes.iter().map(|purpose| purpose.as_str()).collect();
            let archived = if *transport_key {
                " Encryption keys will come from the archive."
            } else {
                ""
            };
            format!("The code is used. Keys for: {}.{archived}", purposes.join(", "))
        }
        Event::PairingCode {
            pairing_code,
            expires_at,
        } => {
            let until = expires_at.map_or(String::new(), |at| format!(" until {at}"));
            format!(
                "Type this code in the portal and click Next{until}.\npairing code: {}",
                spaced(pairing_code)
            )
        }
        Event::Installed {
            profile_name,
            user_id,
            valid_until,
            recovered,
            folder,
            ..
        } => {
            let recovered = match recovered {
                [] => String::new(),
                serials => format!(
                    "\nRecovered, in its folder recovered: the keys of the earlier encryption certificates {}.",
                    serials.join(", ")
                ),
            };
            format!(
                "\"{profile_name}\" of {user_id} is installed and active until {valid_until}.\n\
                 Certificates and keys are in {}.{recovered}",
                folder.display()
            )
        }
        Event::Decrypted { serial, octets, file } => format!(
            "{} has what the key of certificate {serial} opened: {octets} octets.",
            file.display()
        ),
        Event::Failed { reason, .. } => format!("No mobile ID: {reason}."),
    }
}

fn spaced(pairing_code: &str) -> String {
    match pairing_code.split_at_checked(3) {
        Some((first, last)) => format!("{first} {last}"),
        None => pairing_code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_programs_find_the_pairing_code() {
        let event = Event::PairingCode {
            pairing_code: "047102",
            expires_at: Some("2026-11-22T14:02:09Z"),
        };
        assert!(sentence(&event).ends_with("\npairing code: 047 102"));
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"event":"pairing_code","pairing_code":"047102","expires_at":"2026-11-22T14:02:09Z"}"#
        );
    }

    #[test]
    fn people_and_programs_learn_what_was_recovered() {
        let event = |recovered| Event::Installed {
            mobile_id: Uuid::nil(),
            profile_name: "MobileID Anna",
            user_id: "anna",
            valid_until: "2028-01-01T00:00:00Z",
            recovered,
            folder: Path::new("mobile-id"),
        };
        let said = sentence(&event(&["0A", "0B"]));
        assert!(
            said.ends_with("the keys of the earlier encryption certificates 0A, 0B."),
            "{said}"
        );
        assert!(sentence(&event(&[])).ends_with("Certificates and keys are in mobile-id."));
        let json = serde_json::to_value(event(&["0A", "0B"])).unwrap();
        assert_eq!(json["recovered"], serde_json::json!(["0A", "0B"]));
    }
}
