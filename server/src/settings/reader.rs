//! Reading settings by name: every fault is kept, so that an administrator mends all of them in one go.

use std::{collections::BTreeMap, fmt, path::Path, str::FromStr};

use config::{Config, Environment, File, FileFormat};
use secrecy::SecretString;

const PREFIX: &str = "SELFSERVICE";

/// One wrong setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub name: String,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = format!("{PREFIX}_{}", self.name.to_uppercase().replace('.', "__"));
        write!(f, "{} (or {variable}): {}", self.name, self.what)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the settings cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    #[error("wrong settings:\n{}", .0.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<Fault>),
}

/// Every setting as text, by its dotted name.
#[derive(Debug, Default)]
pub struct Reader {
    values: BTreeMap<String, String>,
    faults: Vec<Fault>,
    known: Vec<&'static str>,
}

impl Reader {
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut builder = Config::builder();
        if let Some(file) = file {
            builder = builder.add_source(File::from(file).format(FileFormat::Toml));
        }
        let environment = Environment::with_prefix(PREFIX)
            .prefix_separator("_")
            .separator("__");
        let config: serde_json::Value = builder.add_source(environment).build()?.try_deserialize()?;
        let mut values = BTreeMap::new();
        flatten("", config, &mut values);
        Ok(Self::of(values))
    }

    pub fn of(values: BTreeMap<String, String>) -> Self {
        Self {
            values,
            ..Self::default()
        }
    }

    pub fn text(&mut self, name: &'static str, default: &str) -> String {
        self.known.push(name);
        self.values.remove(name).unwrap_or_else(|| default.to_owned())
    }

    pub fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        Some(self.text(name, ""))
            .filter(|text| !text.is_empty())
            .map(SecretString::from)
    }

    /// `check` gives the value or says what is wrong. `default` must pass it.
    pub fn checked<T>(
        &mut self,
        name: &'static str,
        default: &str,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        let text = self.text(name, default);
        match check(&text) {
            Ok(value) => value,
            Err(what) => {
                self.fault(name, &what);
                match check(default) {
                    Ok(value) => value,
                    Err(what) => unreachable!("the default of {name} {what}"),
                }
            }
        }
    }

    pub fn parsed<T: FromStr>(&mut self, name: &'static str, default: &str, must_be: &str) -> T {
        self.checked(name, default, |text| {
            text.trim().parse().map_err(|_| format!("must be {must_be}"))
        })
    }

    pub fn fault(&mut self, name: &str, what: &str) {
        self.faults.push(Fault {
            name: name.to_owned(),
            what: what.to_owned(),
        });
    }

    /// What is left over is unknown.
    pub fn finish(&mut self) -> Result<(), SettingsError> {
        for name in std::mem::take(&mut self.values).into_keys() {
            let what = format!("is no setting; there are {}", self.known.join(", "));
            self.fault(&name, &what);
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError::Faults(std::mem::take(&mut self.faults)))
        }
    }
}

/// A count of seconds, minutes or hours.
pub fn positive(text: &str) -> Result<i64, String> {
    let number = text
        .trim()
        .parse()
        .ok()
        .filter(|number| (1..=31_536_000).contains(number));
    number.ok_or_else(|| "must be a whole number from 1 to 31536000".into())
}

fn flatten(prefix: &str, value: serde_json::Value, into: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                let name = if prefix.is_empty() {
                    key
                } else {
                    format!("{prefix}.{key}")
                };
                flatten(&name, value, into);
            }
        }
        serde_json::Value::String(text) => {
            into.insert(prefix.to_owned(), text);
        }
        serde_json::Value::Null => {}
        other => {
            into.insert(prefix.to_owned(), other.to_string());
        }
    }
}
