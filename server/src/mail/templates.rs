//! Templates: built in, overridden by files of the same names in a folder. A broken override never stops a mail: the
//! built-in one takes its place, and the fault is told.

mod built_in;

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::{
    address::line,
    content::{Content, sample},
};
use crate::domain::mail::{Kind, Language};

/// Around the HTML of every mail.
const LAYOUT: &str = "layout.html";
const PARTS: [&str; 3] = ["subject", "txt", "html"];
const LONGEST_SUBJECT: usize = 150;

#[derive(Debug, thiserror::Error)]
#[error("a built-in template does not render: {0}")]
pub struct TemplatesError(#[from] minijinja::Error);

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// An override that is not used, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: String,
    pub what: String,
}

pub struct Templates {
    built_in: Environment<'static>,
    overridden: Environment<'static>,
    /// Files of the administrator's own that are in use.
    own: BTreeSet<String>,
    faults: Mutex<BTreeSet<Fault>>,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Templates({} faults)", self.faults().len())
    }
}

impl Templates {
    /// Reads the folder once, and tries each override with sample values.
    pub fn open(folder: Option<&Path>) -> Result<Self, TemplatesError> {
        let built_in = built_in()?;
        let templates = Self {
            overridden: built_in.clone(),
            built_in,
            own: BTreeSet::new(),
            faults: Mutex::default(),
        };
        Ok(match folder {
            Some(folder) => templates.with_overrides(folder),
            None => templates,
        })
    }

    fn with_overrides(mut self, folder: &Path) -> Self {
        for name in names() {
            let path: PathBuf = folder.join(&name);
            let source = match fs::read_to_string(&path) {
                Ok(source) => source,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    self.report(&name, &error.to_string());
                    continue;
                }
            };
            let before = self.overridden.clone();
            let added = self.overridden.add_template_owned(name.clone(), source);
            let tried = added.and_then(|()| try_out(&self.overridden, &name));
            if let Err(error) = tried {
                self.report(&name, &format!("{error:#}"));
                self.overridden = before;
            } else {
                self.own.insert(name);
            }
        }
        self
    }

    /// The overrides that are not used.
    pub fn faults(&self) -> Vec<Fault> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().cloned().collect()
    }

    pub fn render(&self, content: &Content, language: Language) -> Result<Rendered, TemplatesError> {
        Ok(self.render_told(content, language)?.0)
    }

    /// And the files of the administrator's own that it is made from.
    pub fn render_told(
        &self,
        content: &Content,
        language: Language,
    ) -> Result<(Rendered, Vec<String>), TemplatesError> {
        match render(&self.overridden, content, language) {
            Ok(rendered) => {
                let parts = PARTS.map(|part| name(language, content.kind(), part));
                let files = parts.into_iter().chain([LAYOUT.to_owned()]);
                Ok((rendered, files.filter(|file| self.own.contains(file)).collect()))
            }
            Err(error) => {
                let name = error.name().unwrap_or("a template").to_owned();
                self.report(&name, &format!("{error:#}"));
                Ok((render(&self.built_in, content, language)?, vec![]))
            }
        }
    }

    /// In the log once, and in the list.
    fn report(&self, file: &str, what: &str) {
        let fault = Fault {
            file: file.to_owned(),
            what: what.to_owned(),
        };
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        if faults.insert(fault) {
            tracing::warn!(
                file,
                what,
                "a mail template (mail.templates) is broken; the built-in one is used"
            );
        }
    }
}

fn built_in() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| {
        if Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.add_template(LAYOUT, built_in::LAYOUT)?;
    for (language, kind) in pairs() {
        for (part, source) in PARTS.into_iter().zip(built_in::source(language, kind)) {
            environment.add_template_owned(name(language, kind, part), source)?;
        }
    }
    Ok(environment)
}

fn pairs() -> impl Iterator<Item = (Language, Kind)> {
    let kinds = |language| Kind::ALL.into_iter().map(move |kind| (language, kind));
    Language::ALL.into_iter().flat_map(kinds)
}

fn name(language: Language, kind: Kind, part: &str) -> String {
    format!("{}/{}.{part}", language.as_str(), kind.as_str())
}

/// The layout last: what is tried with it has been tried itself.
fn names() -> Vec<String> {
    let files = pairs().flat_map(|(language, kind)| PARTS.map(|part| name(language, kind, part)));
    files.chain([LAYOUT.to_owned()]).collect()
}

/// Renders every mail that the file is part of.
fn try_out(environment: &Environment<'_>, file: &str) -> Result<(), minijinja::Error> {
    for (language, kind) in pairs() {
        let is_part = PARTS.iter().any(|part| name(language, kind, part) == file);
        if is_part || file == LAYOUT {
            render(environment, &sample(kind, "https://id.example.com"), language)?;
        }
    }
    Ok(())
}

fn render(
    environment: &Environment<'_>,
    content: &Content,
    language: Language,
) -> Result<Rendered, minijinja::Error> {
    let (kind, values) = (content.kind(), content.values(language));
    let part = |part: &str, values: &Value| {
        environment
            .get_template(&name(language, kind, part))?
            .render(values.clone())
    };
    let subject = line(&part("subject", &values)?, LONGEST_SUBJECT);
    let values = context! { language => language.as_str(), subject => &subject, ..values };
    Ok(Rendered {
        text: part("txt", &values)?,
        html: part("html", &values)?,
        subject,
    })
}

#[cfg(test)]
mod tests;
