//! While the page is looked at: asks the server what becomes of a mobile ID on this phone, and answers a test that
//! waits for it.

use shared::api::{DeviceMobileId, MobileIdState, MobileIdTest, Purpose, TestAnswer, TestChallenge};
use shared::protocol::{challenge, decode, encode};
use uuid::Uuid;

use super::database::Database;
use super::indexed_db::StorageRefused;
use super::setup::Run;
use super::standing::{Contact, Trial};
use super::stop::{Stop, Verdict, pause_ms, verdict};
use super::subtle::CryptoRefused;
use super::{browser, client};
use crate::api::Failure;

/// How long a page sleeps that nobody looks at; looking wakes it.
const HIDDEN_MS: u32 = 600_000;
/// Before a test is tried again that could not be answered.
const TRIAL_AGAIN_MS: u32 = 15_000;

/// Until another run has taken over, or there is no more news to come.
pub async fn follow(run: Run, mobile_id: Uuid, token: String) {
    let setup = run.setup();
    let mut known = None;
    let mut failures = 0;
    // The test that the keys were lost for: they do not come back.
    let mut lost = None;
    while run.check().is_ok() {
        if browser::is_hidden() {
            browser::pause(HIDDEN_MS).await;
            continue;
        }
        let heard = ask(&token, known).await;
        if run.check().is_err() {
            return;
        }
        match heard.map_err(|failure| verdict(&failure)) {
            Ok(told) => {
                failures = 0;
                known = Some(told.state);
                setup.learn(&told);
                keep(&told).await;
                if told.state == MobileIdState::Locked || told.state == MobileIdState::Expired {
                    return;
                }
                if let Some(test) = told.test {
                    let trial = if lost == Some(test.test) {
                        Trial::KeysLost
                    } else {
                        setup.set_trial(mobile_id, &Trial::Running);
                        answer(mobile_id, &token, &test).await.unwrap_or_else(Trial::from)
                    };
                    lost = (trial == Trial::KeysLost).then_some(test.test);
                    setup.set_trial(mobile_id, &trial);
                    if !matches!(trial, Trial::Ended(_)) {
                        browser::pause(TRIAL_AGAIN_MS).await;
                    }
                }
            }
            Err(Verdict::TryAgain { seconds, .. }) => {
                failures += 1;
                known = None;
                setup.set_contact(mobile_id, Contact::Lost);
                browser::pause(pause_ms(failures, seconds, js_sys::Math::random())).await;
            }
            Err(Verdict::Stop(stop)) => {
                let contact = if stop == Stop::Forgotten {
                    Contact::Gone
                } else {
                    Contact::Lost
                };
                return setup.set_contact(mobile_id, contact);
            }
        }
    }
}

async fn ask(token: &str, known: Option<MobileIdState>) -> Result<DeviceMobileId, Failure> {
    let answer = client::mobile_id(token, known).prepared.send().await?;
    client::Call::read(&answer)
}

/// For the next time without a network. Where nothing can be kept, that is the loss.
async fn keep(told: &DeviceMobileId) {
    if let Ok(database) = Database::open().await {
        let told = DeviceMobileId {
            test: None,
            ..told.clone()
        };
        _ = database.keep_told(&told).await;
    }
}

/// Why a test was not answered.
enum Missed {
    KeysLost,
    Failed,
}

impl From<Missed> for Trial {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::KeysLost => Self::KeysLost,
            Missed::Failed => Self::Failed,
        }
    }
}

impl From<StorageRefused> for Missed {
    fn from(_: StorageRefused) -> Self {
        Self::KeysLost
    }
}

impl From<CryptoRefused> for Missed {
    fn from(_: CryptoRefused) -> Self {
        Self::KeysLost
    }
}

impl From<Failure> for Missed {
    fn from(_: Failure) -> Self {
        Self::Failed
    }
}

/// Signs the challenge with the authentication key.
async fn answer(mobile_id: Uuid, token: &str, test: &TestChallenge) -> Result<Trial, Missed> {
    let keys = Database::open().await?.keys_of(mobile_id).await?;
    let authentication = keys.pair(Purpose::Authentication).ok_or(Missed::KeysLost)?;
    let octets: [u8; 32] = decode(&test.challenge)
        .and_then(|octets| octets.try_into().ok())
        .ok_or(Missed::Failed)?;
    let message = challenge::message(test.test, mobile_id, &octets);
    let answer = TestAnswer {
        test: test.test,
        signature: encode(&authentication.sign(&message).await?),
    };
    let found: MobileIdTest =
        client::Call::read(&client::answer_test(token, &answer).prepared.send().await?)?;
    Ok(Trial::Ended(found))
}
