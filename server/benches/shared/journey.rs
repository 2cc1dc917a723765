//! The way to a mobile ID, for benchmarks: users, codes that wait, and the headless phone.

use std::time::Duration;

use anyhow::Context as _;
use reqwest::Client;
use serde_json::json;
use server::{
    clock::Clock,
    phone::{Connection, Keys, Phone, Token},
    settings::Settings,
    startup::{self, DEMO_PASSWORD},
    use_case::add_user::{self, NewUser},
};
use shared::{
    api::{Claimed, ProcessView, Role, UserState},
    protocol::activation::Code,
    url::{self, api},
};
use uuid::Uuid;

/// Nothing stands in the way of so many enrollments from one address.
pub const UNLIMITED: &str = "sign_in.address_attempts = 1000000\nsign_in.fresh_seconds = 36000\n\
                             enrollment.code_seconds = 36000\nlog.filter = \"warn\"";

/// `user0`, `user1` and so on.
pub async fn add_users(settings: &Settings, count: u32) -> anyhow::Result<()> {
    let context = startup::open(settings, Clock::System).await?;
    for n in 0..count {
        let new = NewUser {
            user_name: format!("user{n}"),
            display_name: format!("User {n}"),
            email: Some(format!("user{n}@example.com")),
            state: UserState::Active,
            roles: vec![Role::SelfServiceUser],
            attributes: std::collections::BTreeMap::new(),
            language: None,
            password: DEMO_PASSWORD.into(),
        };
        add_user::run(&context, new).await?;
    }
    Ok(())
}

/// A user who has scanned nothing yet.
pub struct Waiting {
    pub browser: Client,
    process: Uuid,
    code: Code,
}

pub async fn open(base: &str, user_name: &str) -> anyhow::Result<Waiting> {
    let browser = Client::builder().cookie_store(true).build()?;
    let credentials = json!({ "user_name": user_name, "password": DEMO_PASSWORD });
    let answer = browser
        .post(format!("{base}{}", api::SESSION))
        .json(&credentials)
        .send()
        .await?;
    answer.error_for_status()?;
    let kind = json!({ "kind": "MobileIDSelfServiceProcGet" });
    let started: ProcessView = browser
        .post(format!("{base}{}", api::PROCESSES))
        .json(&kind)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let next = format!("{base}{}", api::process_next(started.id));
    let step = json!({ "step": "introduction" });
    let opened: ProcessView = browser
        .post(next)
        .json(&step)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let shown = opened
        .activation
        .and_then(|activation| activation.code)
        .context("a code")?;
    let code = Code::parse(url::page::activation_code(&shown.link))?;
    Ok(Waiting {
        browser,
        process: started.id,
        code,
    })
}

/// From the claim to the install receipt.
pub async fn enroll(base: &str, waiting: Waiting) -> anyhow::Result<()> {
    let connection = Connection::new(base, Duration::from_secs(30))?;
    let phone = Phone::new(connection, waiting.code, Token::make()?, "Benchmark");
    let claimed: Claimed = phone.claim().await?;
    let keys = Keys::make(&claimed)?;
    let accepted = phone.submit_keys(&keys).await?;
    let pairing_code = phone.pairing_code(&keys, &accepted.nonce)?;
    let next = format!("{base}{}", api::process_next(waiting.process));
    let step = json!({ "step": "scan", "pairing_code": pairing_code.as_str() });
    waiting
        .browser
        .post(next)
        .json(&step)
        .send()
        .await?
        .error_for_status()?;
    let installation = phone.enrollment().await?.installation.context("issued")?;
    let installed = phone.check(&keys, &installation)?;
    phone
        .receipt(claimed.process, installation.mobile_id, &keys, &installed)
        .await?;
    Ok(())
}
