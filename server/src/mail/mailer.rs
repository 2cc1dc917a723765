//! The mail path as use cases see it: write, ring, and send what was written.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration as StdDuration,
};

use lettre::message::Mailbox;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;

use super::{
    address::{self, BadAddress},
    content::{Content, sample},
    message::{self, Parts},
    png,
    preview::Preview,
    route::{FOLDER, Route},
    seal::{KeyError, Sealer},
    templates::{Templates, TemplatesError},
    transport::{
        Outcome, Parcel, Transport, Trouble,
        folder::Folder,
        smtp::{self, Smtp},
    },
};
use crate::{
    chance::{self, NoChance},
    domain::mail::{Concerns, Kind, Language, Mail, NewMail, State},
};

#[derive(Debug, Clone)]
pub struct Config {
    pub data_dir: PathBuf,
    /// An origin: all links lead there, and its host stands in each Message-ID.
    pub public_url: String,
    pub route: Route,
    pub from: String,
    pub give_up: Duration,
    pub timeout: StdDuration,
    pub templates: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Templates(#[from] TemplatesError),
    #[error("cannot use the mail folder {path} (mail.url)")]
    Folder { path: PathBuf, source: io::Error },
    #[error("cannot read {path} (mail.ca_file)")]
    CaFile { path: PathBuf, source: io::Error },
    #[error("mail over TLS cannot be set up (mail.ca_file must hold certificates in PEM): {0}")]
    Tls(String),
    #[error("mail.from: {0}")]
    From(String),
}

/// What is to be written, to whom.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to_name: String,
    pub to_address: String,
    pub language: Language,
    pub content: Content,
    pub concerns: Concerns,
    /// From then on it is not sent any more: the end of the activation code in it.
    pub useless_after: Option<OffsetDateTime>,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Address(#[from] BadAddress),
    #[error(transparent)]
    Templates(#[from] TemplatesError),
    #[error("the mail cannot be put together")]
    Message,
    #[error(transparent)]
    Chance(#[from] NoChance),
}

#[derive(Debug)]
pub struct Mailer {
    templates: Templates,
    sealer: Sealer,
    transport: Box<dyn Transport>,
    route: String,
    from: Mailbox,
    public_url: String,
    host: String,
    give_up: Duration,
    lease: Duration,
    bell: Arc<Notify>,
}

impl Mailer {
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let from: Mailbox = config
            .from
            .parse()
            .map_err(|error: lettre::address::AddressError| OpenError::From(error.to_string()))?;
        let host = url::Url::parse(&config.public_url)
            .ok()
            .and_then(|url| url.host_str().map(ToOwned::to_owned));
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        Ok(Self {
            templates: Templates::open(config.templates.as_deref())?,
            sealer: Sealer::open(&config.data_dir)?,
            transport: transport(config, &host)?,
            route: config.route.told(&config.data_dir),
            from,
            public_url: config.public_url.clone(),
            host,
            give_up: config.give_up,
            // Looking at an old connection, a new one, handing over; and some time to say so.
            lease: Duration::try_from(config.timeout * 3).unwrap_or(Duration::HOUR) + Duration::seconds(30),
            bell: Arc::default(),
        })
    }

    pub const fn templates(&self) -> &Templates {
        &self.templates
    }

    /// Of the portal, by the settings: what links in mails begin with.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Where mail goes, without user name and password.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Whom mails are from.
    pub fn from(&self) -> String {
        self.from.to_string()
    }

    /// A mail with sample data, as it would be sent.
    pub fn preview(&self, kind: Kind, language: Language) -> Result<Preview, TemplatesError> {
        Preview::new(&self.templates, &sample(kind, &self.public_url), language)
    }

    /// Made before the transaction begins, added to the outbox in it (`Transaction::add_mail`).
    pub fn write(&self, letter: &Letter, now: OffsetDateTime) -> Result<NewMail, WriteError> {
        let to = address::mailbox(&letter.to_name, &letter.to_address)?;
        let rendered = self.templates.render(&letter.content, letter.language)?;
        let id = chance::id();
        let mail = Mail {
            id,
            message_id: format!("<{id}@{}>", self.host.trim_matches(['[', ']'])),
            kind: letter.content.kind(),
            concerns: letter.concerns,
            address: to.email.to_string(),
            language: letter.language,
            written_at: now,
            state: State::Waiting,
            attempts: 0,
            next_at: now,
            give_up_at: now + self.give_up,
            useless_after: letter.useless_after,
            lease_until: None,
            handed_over_at: None,
            last_answer: None,
        };
        let qr = match &letter.content {
            Content::ActivationCode(code) => Some(png::qr(&code.link).ok_or(WriteError::Message)?),
            _ => None,
        };
        let octets = message::build(Parts {
            from: self.from.clone(),
            to,
            message_id: mail.message_id.clone(),
            at: now,
            rendered: &rendered,
            qr,
        })
        .map_err(|_| WriteError::Message)?;
        let sealed = self.sealer.seal(id, octets)?;
        Ok(NewMail { mail, sealed })
    }

    /// After the commit: the worker begins at once.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    pub async fn rung(&self) {
        self.bell.notified().await;
    }

    pub fn lease_until(&self, now: OffsetDateTime) -> OffsetDateTime {
        now + self.lease
    }

    pub fn give_up_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        now + self.give_up
    }

    /// One try.
    pub async fn send(&self, taken: &NewMail) -> Outcome {
        let Ok(octets) = self.sealer.open_sealed(taken.mail.id, &taken.sealed) else {
            return Outcome::Later(Trouble {
                reason: "the mail was sealed with another key: restore mail.key from a backup".into(),
                of_server: false,
                alarm: true,
            });
        };
        let Ok(to) = address::parse(&taken.mail.address) else {
            return Outcome::Never(BadAddress.to_string());
        };
        let parcel = Parcel {
            name: taken.mail.id.to_string(),
            from: self.from.email.clone(),
            to,
            octets,
        };
        self.transport.send(&parcel).await
    }
}

fn transport(config: &Config, hello: &str) -> Result<Box<dyn Transport>, OpenError> {
    let (host, port, tls, credentials) = match &config.route {
        Route::Folder(path) => {
            let path = path.clone().unwrap_or_else(|| config.data_dir.join(FOLDER));
            let folder = Folder::open(path.clone()).map_err(|source| OpenError::Folder { path, source })?;
            return Ok(Box::new(folder));
        }
        Route::Smtp {
            host,
            port,
            tls,
            credentials,
        } => (host, *port, *tls, credentials.as_ref()),
    };
    let ca = config.ca_file.as_deref().map(certificates).transpose()?;
    let smtp = Smtp::new(&smtp::Config {
        host,
        port,
        tls,
        credentials,
        ca: ca.as_deref(),
        hello,
        timeout: config.timeout,
    });
    Ok(Box::new(smtp.map_err(|error| OpenError::Tls(error.to_string()))?))
}

/// PEM. A file without a certificate would leave nobody to trust, and every mail waiting.
fn certificates(path: &Path) -> Result<Vec<u8>, OpenError> {
    let pem = std::fs::read(path).map_err(|source| OpenError::CaFile {
        path: path.to_owned(),
        source,
    })?;
    let mut found = CertificateDer::pem_slice_iter(&pem);
    if found.next().is_some_and(|first| first.is_ok()) && found.all(|more| more.is_ok()) {
        Ok(pem)
    } else {
        Err(OpenError::Tls(format!("there is none in {}", path.display())))
    }
}
