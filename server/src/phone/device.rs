//! The device protocol, step by step: what `run` does in a row, and what tests and measurements drive one by one.

use std::time::Duration;

use shared::api::{
    self, ActivationCode, ActivationOffer, Claim, Claimed, DeviceEnrollment, Installation, KeysAccepted,
    ProcessState, Purpose, Receipt,
};
use shared::protocol::activation::Code;
use shared::protocol::pairing::{PairingCode, PairingKey};
use shared::protocol::{self, receipt};
use shared::url::device;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::connection::{Connection, ConnectionError};
use super::installation::{Fault, Installed};
use super::key::{KeyError, Keys};

/// Where a server answers at once that nothing has moved, it is not asked again sooner.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the server's nonce for the pairing code is not 16 octets of base64url")]
    NonceMalformed,
    #[error("what the server issued is not taken: {0}")]
    Installation(#[from] Fault),
}

/// A phone with one activation code and its device token. It holds no keys and no progress: those are the caller's.
#[derive(Debug)]
pub struct Phone {
    connection: Connection,
    code: Code,
    token: Token,
    about: api::Phone,
}

/// The bearer token that the phone makes itself, as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl Token {
    pub fn make() -> Result<Self, KeyError> {
        let mut octets = [0; 32];
        aws_lc_rs::rand::fill(&mut octets).map_err(|_| KeyError)?;
        Ok(Self(protocol::encode(&octets)))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Phone {
    /// `model`: what the phone calls itself, such as "Pixel 8".
    pub fn new(connection: Connection, code: Code, token: Token, model: &str) -> Self {
        let about = api::Phone {
            model: Some(model.to_owned()),
            browser: "selfservice phone".to_owned(),
            system: std::env::consts::OS.to_owned(),
        };
        Self {
            connection,
            code,
            token,
            about,
        }
    }

    /// What the code would set up. Uses nothing.
    pub async fn offer(&self) -> Result<ActivationOffer, PhoneError> {
        let code = ActivationCode {
            code: self.code.text(),
        };
        Ok(self.connection.post(device::ACTIVATION, None, &code).await?)
    }

    /// Uses the code, once; by the same token it may be repeated.
    pub async fn claim(&self) -> Result<Claimed, PhoneError> {
        let claim = Claim {
            code: self.code.text(),
            device_token: self.token.0.clone(),
            phone: self.about.clone(),
        };
        Ok(self.connection.post(device::CLAIM, None, &claim).await?)
    }

    pub async fn submit_keys(&self, keys: &Keys) -> Result<KeysAccepted, PhoneError> {
        Ok(self
            .connection
            .post(device::KEYS, Some(&self.token.0), &keys.submission()?)
            .await?)
    }

    /// What the user types in the portal. `nonce`: as the server sent it.
    pub fn pairing_code(&self, keys: &Keys, nonce: &str) -> Result<PairingCode, PhoneError> {
        let nonce = protocol::decode(nonce)
            .and_then(|octets| octets.try_into().ok())
            .ok_or(PhoneError::NonceMalformed)?;
        Ok(PairingKey::derive(&self.code).pairing_code(&nonce, &keys.paired()))
    }

    /// Where the enrollment stands now.
    pub async fn enrollment(&self) -> Result<DeviceEnrollment, PhoneError> {
        Ok(self.connection.get(device::ENROLLMENT, &self.token.0).await?)
    }

    /// Where the enrollment stands as soon as it stands elsewhere than at `since`.
    pub async fn wait(&self, since: ProcessState) -> Result<DeviceEnrollment, PhoneError> {
        let path = format!("{}?since={}", device::ENROLLMENT, since.as_str());
        loop {
            let asked_at = Instant::now();
            let enrollment: DeviceEnrollment = self.connection.get(&path, &self.token.0).await?;
            if enrollment.state != since {
                return Ok(enrollment);
            }
            sleep(SHORTEST_WAIT.saturating_sub(asked_at.elapsed())).await;
        }
    }

    /// Checks what was issued over these keys.
    pub fn check(&self, keys: &Keys, installation: &Installation) -> Result<Installed, PhoneError> {
        Ok(Installed::check(keys, installation)?)
    }

    /// The install receipt, signed by the new authentication key, with the answers to all challenges. Send it when
    /// everything is stored.
    pub async fn receipt(
        &self,
        process: Uuid,
        mobile_id: Uuid,
        keys: &Keys,
        installed: &Installed,
    ) -> Result<(), PhoneError> {
        let message = receipt::message(process, mobile_id, &installed.in_receipt());
        let key = keys
            .own
            .iter()
            .find(|key| key.purpose == Purpose::Authentication)
            .ok_or(KeyError)?;
        let receipt = Receipt {
            mobile_id,
            signature: protocol::encode(&key.sign(&message)?),
            proofs: installed.proofs(),
        };
        self.connection
            .post_alone(device::RECEIPT, Some(&self.token.0), &receipt)
            .await?;
        Ok(())
    }

    /// "I did not ask for this", before a claim.
    pub async fn decline(&self) -> Result<(), PhoneError> {
        let code = ActivationCode {
            code: self.code.text(),
        };
        self.connection.post_alone(device::DECLINE, None, &code).await?;
        Ok(())
    }

    /// Gives up, after a claim.
    pub async fn cancel(&self) -> Result<(), PhoneError> {
        let nothing = serde_json::json!({});
        self.connection
            .post_alone(device::CANCEL, Some(&self.token.0), &nothing)
            .await?;
        Ok(())
    }
}
