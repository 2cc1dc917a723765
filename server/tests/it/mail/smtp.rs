//! A small SMTP server: a real conversation on loopback, with faults on demand.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// What goes wrong, once each, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Greylist,
    RefuseRecipient,
    /// Hangs up after the data, before an answer, and has not taken the mail.
    CutAfterData,
    /// Has taken the mail, and hangs up before it says so.
    TakeAndCut,
    /// Never answers the data.
    Hang,
    /// Never answers the recipient: nothing has been handed over.
    HoldBeforeData,
    /// Takes the mail, and never says so.
    HoldAfterTaking,
}

/// What the server is like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    pub password: Option<&'static str>,
    /// TLS from the first octet.
    pub implicit_tls: bool,
    /// Takes addresses with letters such as å.
    pub utf8: bool,
}

#[derive(Default)]
struct Shared {
    faults: Mutex<VecDeque<Fault>>,
    mails: Mutex<Vec<String>>,
    lines: Mutex<Vec<String>>,
    held: AtomicUsize,
    manner: Manner,
}

pub struct Smtp {
    pub port: u16,
    /// PEM.
    pub certificate: String,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
    tls: TlsAcceptor,
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.down();
    }
}

impl Smtp {
    pub async fn start(password: Option<&'static str>) -> Self {
        Self::start_as(Manner {
            password,
            ..Manner::default()
        })
        .await
    }

    pub async fn start_as(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let mut server = Self {
            port: listener.local_addr().unwrap().port(),
            certificate: pem(made.cert.der()),
            shared: Arc::new(Shared {
                manner,
                ..Shared::default()
            }),
            listening: None,
            tls: TlsAcceptor::from(Arc::new(config)),
        };
        server.listen(listener);
        server
    }

    fn listen(&mut self, listener: TcpListener) {
        let (shared, tls) = (self.shared.clone(), self.tls.clone());
        self.listening = Some(tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (shared, tls) = (shared.clone(), tls.clone());
                open.spawn(async move {
                    let _ = serve(stream, tls, shared).await;
                });
            }
        }));
    }

    pub fn down(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
    }

    pub async fn up(&mut self) {
        self.listen(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }

    pub fn faults(&self, faults: &[Fault]) {
        self.shared.faults.lock().unwrap().extend(faults);
    }

    /// How many conversations it holds without an answer, or held.
    pub fn held(&self) -> usize {
        self.shared.held.load(Ordering::SeqCst)
    }

    /// Every line of every conversation but for the mails themselves.
    pub fn lines(&self) -> Vec<String> {
        self.shared.lines.lock().unwrap().clone()
    }

    pub fn mails(&self) -> Vec<String> {
        self.shared.mails.lock().unwrap().clone()
    }
}

fn pem(der: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    let text = Base64::encode_string(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

impl Shared {
    fn take(&self, fault: Fault) -> bool {
        let mut faults = self.faults.lock().unwrap();
        let is_next = faults.front() == Some(&fault);
        if is_next {
            faults.pop_front();
        }
        is_next
    }

    async fn hold(&self) {
        self.held.fetch_add(1, Ordering::SeqCst);
        std::future::pending::<()>().await;
    }
}

async fn serve(stream: TcpStream, tls: TlsAcceptor, shared: Arc<Shared>) -> std::io::Result<()> {
    if shared.manner.implicit_tls {
        let mut secure = BufReader::new(tls.accept(stream).await?);
        secure.write_all(b"220 localhost test\r\n").await?;
        talk(&mut secure, &shared, true).await?;
        return Ok(());
    }
    let mut plain = BufReader::new(stream);
    plain.write_all(b"220 localhost test\r\n").await?;
    if talk(&mut plain, &shared, false).await? {
        let mut secure = BufReader::new(tls.accept(plain.into_inner()).await?);
        talk(&mut secure, &shared, true).await?;
    }
    Ok(())
}

/// `true`: the client asked for TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    shared: &Shared,
    secure: bool,
) -> std::io::Result<bool> {
    let mut signed_in = shared.manner.password.is_none();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(false);
        }
        let word = line.trim_end().to_ascii_uppercase();
        shared.lines.lock().unwrap().push(line.trim_end().to_owned());
        let answer: &str = if word.starts_with("EHLO") {
            match (secure, shared.manner.utf8) {
                (true, false) => "250-localhost\r\n250-AUTH PLAIN\r\n250 8BITMIME",
                (true, true) => "250-localhost\r\n250-AUTH PLAIN\r\n250-SMTPUTF8\r\n250 8BITMIME",
                (false, false) => "250-localhost\r\n250 STARTTLS",
                (false, true) => "250-localhost\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 STARTTLS",
            }
        } else if word == "STARTTLS" {
            stream.write_all(b"220 go\r\n").await?;
            return Ok(true);
        } else if word.starts_with("AUTH PLAIN ") {
            use base64ct::{Base64, Encoding};
            let given = Base64::decode_vec(line.trim_end()["AUTH PLAIN ".len()..].trim()).unwrap();
            signed_in = given.ends_with(shared.manner.password.unwrap_or_default().as_bytes());
            if signed_in { "235 welcome" } else { "535 wrong" }
        } else if !signed_in {
            "530 sign in first"
        } else if word.starts_with("RCPT") && shared.take(Fault::Greylist) {
            "451 4.7.1 greylisted, come back"
        } else if word.starts_with("RCPT") && shared.take(Fault::RefuseRecipient) {
            "550 5.1.1 no such user"
        } else if word.starts_with("RCPT") && shared.take(Fault::HoldBeforeData) {
            shared.hold().await;
            return Ok(false);
        } else if word == "DATA" {
            stream.write_all(b"354 go\r\n").await?;
            let mail = data(stream).await?;
            if shared.take(Fault::CutAfterData) {
                return Ok(false);
            }
            if shared.take(Fault::TakeAndCut) {
                shared.mails.lock().unwrap().push(mail);
                return Ok(false);
            }
            if shared.take(Fault::Hang) {
                std::future::pending::<()>().await;
            }
            shared.mails.lock().unwrap().push(mail);
            if shared.take(Fault::HoldAfterTaking) {
                shared.hold().await;
            }
            "250 2.0.0 queued as 4711"
        } else if word == "QUIT" {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(false);
        } else {
            "250 ok"
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// Up to the dot, with dot-stuffing taken off.
async fn data<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
