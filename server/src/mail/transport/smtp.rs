//! Mail over SMTP, by lettre's connections, with a pool of our own. lettre's pool sets no end to waiting for an
//! answer, and would take a conversation that was broken off back for the next mail; and its errors do not tell a
//! refused password, which is nobody's mail's fault, from a refused recipient.

mod conversation;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
    extension::ClientId,
};
use secrecy::ExposeSecret as _;

use super::{Outcome, Parcel, Transport};
use crate::mail::route::Tls;
use conversation::{Failure, Phase};

const MOST_IDLE: usize = 4;
/// Mail servers hang up on the idle after minutes.
const IDLE: Duration = Duration::from_secs(30);

pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    tls_parameters: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    /// For connecting and greeting, and again for handing over.
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{} {:?})", self.host, self.port, self.tls)
    }
}

pub struct Config<'a> {
    pub host: &'a str,
    pub port: u16,
    pub tls: Tls,
    pub credentials: Option<&'a (String, secrecy::SecretString)>,
    /// A private CA's certificates, PEM: trusted in place of the machine's.
    pub ca: Option<&'a [u8]>,
    /// How we name ourselves to the server.
    pub hello: &'a str,
    pub timeout: Duration,
}

impl Smtp {
    pub fn new(config: &Config<'_>) -> Result<Self, lettre::transport::smtp::Error> {
        let tls_parameters = match config.tls {
            Tls::None => None,
            Tls::Starttls | Tls::Implicit => Some(tls_parameters(config)?),
        };
        Ok(Self {
            host: config.host.to_owned(),
            port: config.port,
            tls: config.tls,
            tls_parameters,
            credentials: config
                .credentials
                .map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned())),
            hello: ClientId::Domain(config.hello.to_owned()),
            timeout: config.timeout,
            idle: Mutex::default(),
        })
    }

    /// One that was used lately and still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Failure> {
        while let Some(mut idle) = self.take_idle() {
            let answers =
                tokio::time::timeout(self.timeout.min(Duration::from_secs(5)), idle.test_connected());
            if answers.await.unwrap_or(false) {
                return Ok(idle);
            }
        }
        let connecting = tokio::time::timeout(self.timeout, self.connect());
        connecting
            .await
            .unwrap_or(Err(Failure::silent(Phase::Connecting)))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let at = |phase| move |error| Failure::of(phase, error);
        let address = (&*self.host, self.port);
        let from_the_start = self.tls_parameters.clone().filter(|_| self.tls == Tls::Implicit);
        // No time limit here: the caller's holds over the greeting too.
        let connecting =
            AsyncSmtpConnection::connect_tokio1(address, None, &self.hello, from_the_start, None);
        let mut connection = connecting.await.map_err(at(Phase::Connecting))?;
        if let (Tls::Starttls, Some(parameters)) = (self.tls, &self.tls_parameters) {
            let upgraded = connection.starttls(parameters.clone(), &self.hello).await;
            upgraded.map_err(at(Phase::Securing))?;
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signed_in = connection.auth(&mechanisms, credentials).await;
            signed_in.map_err(at(Phase::SigningIn))?;
        }
        Ok(connection)
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        idle.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push((connection, Instant::now()));
        }
    }
}

#[async_trait]
impl Transport for Smtp {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(failure) => return failure.outcome(),
        };
        let handing_over = conversation::hand_over(&mut connection, parcel);
        // Whatever fails, the connection is dropped with it: the next mail begins a conversation of its own.
        match tokio::time::timeout(self.timeout, handing_over).await {
            Ok(Ok(answer)) => {
                self.keep(connection);
                Outcome::Accepted(answer)
            }
            Ok(Err(failure)) => {
                let _ = tokio::time::timeout(Duration::from_secs(1), connection.abort()).await;
                failure.outcome()
            }
            Err(_) => Failure::silent(Phase::HandingOver).outcome(),
        }
    }
}

fn tls_parameters(config: &Config<'_>) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParameters::builder(config.host.to_owned());
    if let Some(pem) = config.ca {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem)?);
    }
    builder.build_rustls()
}
