//! A server for one test, and the actors that talk to it: a browser with or without a signed-in user, and a phone.

mod unwrap;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use reqwest::{Client, Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use server::{
    clock::Clock,
    http::{App, Web},
    settings::Settings,
    startup,
    use_case::{
        self, Context,
        add_user::{self, NewUser},
    },
};
use shared::{
    api::{
        Claimed, DeviceEnrollment, Installation, KeyRequest, KeysAccepted, MobileId, ProcessView, Purpose,
        Receipt, Role, ShownCode, SubmitKeys, UserState,
    },
    problem::{Code, MEDIA_TYPE, Problem},
    protocol::{self, activation, pairing::PairingKey, receipt, request},
    url,
};
use time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use unwrap::{TransportKey, Unwrapped};

pub const PASSWORD: &str = "demo-password";

/// A running server. Its folder and its database go when the test ends.
pub struct Server {
    pub context: Context,
    pub base: String,
    pub dir: Arc<tempfile::TempDir>,
    clock: Arc<AtomicI64>,
    stopping: CancellationToken,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), change).await
    }

    /// A second server on the same data, or a restart.
    pub async fn start_in(dir: Arc<tempfile::TempDir>, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = settings(dir.path(), address);
        change(&mut settings);
        let clock = Arc::new(AtomicI64::new(0));
        let context = startup::open(&settings, Clock::Moved(clock.clone()))
            .await
            .unwrap();
        let web_dir = dir.path().join("web");
        std::fs::create_dir_all(&web_dir).unwrap();
        for page in ["index.html", "m.html", "open.html", "admin.html"] {
            let html = "<!doctype html><html lang=\"en\"><script type=\"module\">boot()</script></html>";
            std::fs::write(web_dir.join(page), html).unwrap();
        }
        let web = Web::load(&web_dir, settings.demo).unwrap();
        let stopping = CancellationToken::new();
        let app = App::new(context.clone(), settings, web, stopping.clone());
        tokio::spawn(startup::run(listener, app, stopping.clone()));
        Self {
            context,
            base: format!("http://{address}"),
            dir,
            clock,
            stopping,
        }
    }

    /// Ends as a server does that is told to stop.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// From now on it is that much later.
    pub fn later(&self, by: Duration) {
        self.clock
            .fetch_add(i64::try_from(by.whole_milliseconds()).unwrap(), Ordering::Relaxed);
    }

    /// Hears time, as the background worker does.
    pub async fn sweep(&self) -> usize {
        use_case::sweep::run(&self.context).await.unwrap()
    }

    pub async fn add_user(&self, user_name: &str, state: UserState) {
        self.add(user_name, state, &[Role::SelfServiceUser], None).await;
    }

    pub async fn add(&self, user_name: &str, state: UserState, roles: &[Role], department: Option<&str>) {
        let attributes = department.map(|department| ("department".to_owned(), department.to_owned()));
        let new = NewUser {
            user_name: user_name.into(),
            display_name: format!("{user_name} Svensson"),
            email: Some(format!("{user_name}@example.com")),
            state,
            roles: roles.to_vec(),
            attributes: attributes.into_iter().collect(),
            language: None,
            password: PASSWORD.into(),
        };
        add_user::run(&self.context, new).await.unwrap();
    }

    pub async fn set_state(&self, user_name: &str, state: UserState) {
        use_case::set_user_state::run(&self.context, user_name, state)
            .await
            .unwrap();
    }

    pub fn anonymous(&self) -> Browser {
        let client = Client::builder().cookie_store(true).build().unwrap();
        Browser {
            client,
            base: self.base.clone(),
        }
    }

    /// A browser in which a new, active user is signed in.
    pub async fn user(&self, user_name: &str) -> Browser {
        self.add_user(user_name, UserState::Active).await;
        self.signed_in(user_name).await
    }

    /// The same, of a department.
    pub async fn user_of(&self, department: &str, user_name: &str) -> Browser {
        let roles = [Role::SelfServiceUser];
        self.add(user_name, UserState::Active, &roles, Some(department))
            .await;
        self.signed_in(user_name).await
    }

    pub async fn administrator(&self, user_name: &str) -> Browser {
        let roles = [Role::SelfServiceUser, Role::Administrator];
        self.add(user_name, UserState::Active, &roles, None).await;
        self.signed_in(user_name).await
    }

    pub async fn signed_in(&self, user_name: &str) -> Browser {
        let browser = self.anonymous();
        browser.sign_in(user_name, PASSWORD).await.ok();
        browser
    }

    /// A phone with no keys yet.
    pub fn phone(&self) -> Phone {
        Phone::at(&self.base)
    }
}

fn settings(dir: &std::path::Path, address: SocketAddr) -> Settings {
    let toml = format!(
        "data_dir = \"{}\"\n[http]\nbind = \"{address}\"\npublic_url = \"http://localhost:{}\"\n",
        dir.display(),
        address.port()
    );
    let file = dir.join("settings.toml");
    std::fs::write(&file, toml).unwrap();
    Settings::load(Some(&file)).unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
    asked: String,
}

impl Answer {
    async fn read(asked: String, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self {
            status,
            headers,
            body: response.bytes().await.unwrap().to_vec(),
            asked,
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(
            self.status.is_success(),
            "{}: {} {}",
            self.asked,
            self.status,
            self.text()
        );
        self
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(self) -> T {
        let answer = self.ok();
        serde_json::from_slice(&answer.body)
            .unwrap_or_else(|e| panic!("{}: {e}: {}", answer.asked, answer.text()))
    }

    /// Must be refused, as problem+json, with this code and its status.
    #[track_caller]
    pub fn refused(self, code: Code) -> Problem {
        let asked = &self.asked;
        let problem: Problem = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{asked}: no problem but {} {}", self.status, self.text()));
        assert_eq!(problem.code, code, "{asked}: {problem:?}");
        assert_eq!(self.status.as_u16(), code.status(), "{asked}");
        assert_eq!(self.headers["content-type"], MEDIA_TYPE, "{asked}");
        assert!(self.headers.contains_key("x-request-id"), "{asked}");
        problem
    }
}

/// A browser: keeps cookies, says where its requests come from as browsers do.
#[derive(Clone)]
pub struct Browser {
    pub client: Client,
    pub base: String,
}

impl Browser {
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base));
        request = request.header("sec-fetch-site", "same-origin");
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(format!("{method} {path}"), request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.send(Method::POST, path, Some(&serde_json::to_value(body).unwrap()))
            .await
    }

    pub async fn sign_in(&self, user_name: &str, password: &str) -> Answer {
        self.post(
            url::api::SESSION,
            json!({ "user_name": user_name, "password": password }),
        )
        .await
    }

    pub async fn start(&self) -> ProcessView {
        self.post(
            url::api::PROCESSES,
            json!({ "kind": "MobileIDSelfServiceProcGet" }),
        )
        .await
        .json()
    }

    /// Next on the introduction.
    pub async fn show_code(&self, process: Uuid) -> ProcessView {
        self.post(
            &url::api::process_next(process),
            json!({ "step": "introduction" }),
        )
        .await
        .json()
    }

    /// Starts a process and shows its first code.
    pub async fn open(&self) -> (Uuid, ShownCode) {
        let process = self.start().await.id;
        let view = self.show_code(process).await;
        (process, view.activation.unwrap().code.unwrap())
    }

    pub async fn process(&self, process: Uuid) -> ProcessView {
        self.get(&url::api::process(process)).await.json()
    }

    /// Next on the scan, with the pairing code.
    pub async fn pair(&self, process: Uuid, code: &str) -> Answer {
        self.post(
            &url::api::process_next(process),
            json!({ "step": "scan", "pairing_code": code }),
        )
        .await
    }

    pub async fn cancel(&self, process: Uuid) -> Answer {
        self.post(&url::api::process_cancel(process), json!({})).await
    }
}

/// A software key as a phone makes it.
pub struct Key {
    pub purpose: Purpose,
    pub pair: EcdsaKeyPair,
    pub spki: Vec<u8>,
}

impl Key {
    pub fn make(purpose: Purpose) -> Self {
        use aws_lc_rs::{encoding::AsDer, signature::KeyPair};
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let spki = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(pair.public_key()).unwrap();
        Self {
            purpose,
            spki: spki.as_ref().to_vec(),
            pair,
        }
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair
            .sign(&SystemRandom::new(), message)
            .unwrap()
            .as_ref()
            .try_into()
            .unwrap()
    }

    /// PKCS#10, DER.
    pub fn request(&self) -> Vec<u8> {
        let info = request::info(&self.spki).unwrap();
        request::request(&info, &self.sign(&info)).unwrap()
    }
}

/// A phone.
pub struct Phone {
    client: Client,
    base: String,
    pub token: String,
    pub keys: Vec<Key>,
    pub transport: TransportKey,
    /// The server wanted the transport key when the code was claimed.
    is_sealed_to: AtomicBool,
}

impl Phone {
    /// One with no keys yet, which asks the server at this address.
    pub fn at(base: &str) -> Self {
        let random: [u8; 32] = server::chance::octets().unwrap();
        Self {
            client: Client::new(),
            base: base.to_owned(),
            token: protocol::encode(&random),
            keys: vec![Key::make(Purpose::Authentication), Key::make(Purpose::Signature)],
            transport: TransportKey::make(),
            is_sealed_to: AtomicBool::new(false),
        }
    }

    pub async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .json(&body);
        Answer::read(format!("POST {path}"), request.send().await.unwrap()).await
    }

    /// The server has moved: the same phone, another address.
    pub fn move_to(&mut self, server: &Server) {
        self.base.clone_from(&server.base);
    }

    pub async fn look(&self, code: &str) -> Answer {
        self.post(url::device::ACTIVATION, json!({ "code": code })).await
    }

    pub async fn claim(&self, code: &str) -> Answer {
        let phone = json!({ "model": "Pixel 8", "browser": "Chrome", "system": "Android" });
        let body = json!({ "code": code, "device_token": self.token, "phone": phone });
        let answer = self.post(url::device::CLAIM, body).await;
        if let Ok(claimed) = serde_json::from_slice::<Claimed>(&answer.body) {
            self.is_sealed_to.store(claimed.transport_key, Ordering::Relaxed);
        }
        answer
    }

    fn is_sealed_to(&self) -> bool {
        self.is_sealed_to.load(Ordering::Relaxed)
    }

    pub async fn send_requests(&self, requests: &[(Purpose, Vec<u8>)]) -> Answer {
        let transport = self.is_sealed_to().then_some(&*self.transport.spki);
        self.send_all(requests, transport).await
    }

    /// `transport`: SubjectPublicKeyInfo, DER.
    pub async fn send_all(&self, requests: &[(Purpose, Vec<u8>)], transport: Option<&[u8]>) -> Answer {
        let keys = requests.iter().map(|(purpose, request)| KeyRequest {
            purpose: *purpose,
            request: protocol::encode(request),
        });
        self.post(
            url::device::KEYS,
            SubmitKeys {
                keys: keys.collect(),
                transport_key: transport.map(protocol::encode),
            },
        )
        .await
    }

    pub async fn send_keys(&self) -> Answer {
        let requests: Vec<_> = self.keys.iter().map(|key| (key.purpose, key.request())).collect();
        self.send_requests(&requests).await
    }

    /// What the phone shows, from the nonce that the server gave for the keys.
    pub fn pairing_code(&self, code: &str, accepted: &KeysAccepted) -> String {
        let code = activation::Code::parse(code).unwrap();
        let nonce = protocol::decode(&accepted.nonce).unwrap().try_into().unwrap();
        let transport = (Purpose::Encryption, self.transport.spki.clone());
        let keys: Vec<_> = self
            .keys
            .iter()
            .map(|key| (key.purpose, key.spki.clone()))
            .chain(self.is_sealed_to().then_some(transport))
            .collect();
        PairingKey::derive(&code)
            .pairing_code(&nonce, &keys)
            .as_str()
            .to_owned()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self
            .client
            .get(format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        Answer::read(format!("GET {path}"), request.send().await.unwrap()).await
    }

    pub async fn enrollment(&self) -> DeviceEnrollment {
        self.get(url::device::ENROLLMENT).await.json()
    }

    /// The receipt over what the server issued to this phone.
    pub async fn receipt(&self) -> Receipt {
        let enrollment = self.enrollment().await;
        let installation = enrollment.installation.expect("issued");
        let all = || installation.certificates.iter().chain(&installation.recovered);
        let certificates: Vec<_> = all()
            .map(|certificate| {
                (
                    certificate.purpose,
                    protocol::decode(&certificate.certificate).unwrap(),
                )
            })
            .collect();
        let message = receipt::message(enrollment.process, installation.mobile_id, &certificates);
        let signature = protocol::encode(&self.keys[0].sign(&message));
        Receipt {
            mobile_id: installation.mobile_id,
            signature,
            proofs: self
                .unwrapped(&installation)
                .iter()
                .map(Unwrapped::proof)
                .collect(),
        }
    }

    /// Every key that is sealed to this phone.
    pub fn unwrapped(&self, installation: &Installation) -> Vec<Unwrapped> {
        let all = installation.certificates.iter().chain(&installation.recovered);
        let sealed = all.filter(|certificate| certificate.sealed.is_some());
        let unwrap = |certificate| self.transport.unwrap(installation.mobile_id, certificate);
        sealed
            .map(|certificate| unwrap(certificate).expect("sealed to this phone"))
            .collect()
    }

    pub async fn send_receipt(&self, receipt: &Receipt) -> Answer {
        self.post(url::device::RECEIPT, receipt).await
    }

    /// Claims and sends keys; gives the pairing code.
    pub async fn get_ready(&self, shown: &ShownCode) -> String {
        self.get_ready_by(&shown.link).await
    }

    pub async fn get_ready_by(&self, link: &str) -> String {
        let code = url::page::activation_code(link);
        self.claim(code).await.json::<Claimed>();
        let accepted = self.send_keys().await.json();
        self.pairing_code(code, &accepted)
    }
}

/// The whole journey: an active mobile ID of this user on this phone.
pub async fn enroll(browser: &Browser, phone: &Phone) -> MobileId {
    let (process, shown) = browser.open().await;
    let code = phone.get_ready(&shown).await;
    browser.pair(process, &code).await.ok();
    phone.send_receipt(&phone.receipt().await).await.ok();
    browser.process(process).await.mobile_id.unwrap()
}
