//! The device API: one function a URL. When to try again is the caller's business.

use serde::de::IgnoredAny;
use shared::api::{
    ActivationCode, ActivationOffer, Claim, Claimed, DeviceEnrollment, KeysAccepted, ProcessState, Receipt,
    SubmitKeys,
};
use shared::url::device as url;

use crate::api::{Bearer, Failure, get, post};

type Answer<T> = Result<T, Failure>;

pub async fn activation(code: &str) -> Answer<ActivationOffer> {
    let code = code.to_owned();
    post(url::ACTIVATION, None, &ActivationCode { code }).await
}

pub async fn decline(code: &str) -> Answer<()> {
    let code = code.to_owned();
    done(post(url::DECLINE, None, &ActivationCode { code }).await)
}

pub async fn claim(claim: &Claim) -> Answer<Claimed> {
    post(url::CLAIM, None, claim).await
}

pub async fn keys(token: &str, keys: &SubmitKeys) -> Answer<KeysAccepted> {
    post(url::KEYS, Some(Bearer(token)), keys).await
}

/// Answers at once, or, with `since`, when the enrollment has left that state (or 20 seconds later).
pub async fn enrollment(token: &str, since: Option<ProcessState>) -> Answer<DeviceEnrollment> {
    let address = match since {
        Some(state) => format!("{}?since={}", url::ENROLLMENT, state.as_str()),
        None => String::from(url::ENROLLMENT),
    };
    get(&address, Some(Bearer(token))).await
}

pub async fn receipt(token: &str, receipt: &Receipt) -> Answer<()> {
    done(post(url::RECEIPT, Some(Bearer(token)), receipt).await)
}

pub async fn cancel(token: &str) -> Answer<()> {
    done(post(url::CANCEL, Some(Bearer(token)), &()).await)
}

/// Whatever such an answer carries, that it came is all that counts.
fn done(answer: Answer<IgnoredAny>) -> Answer<()> {
    answer.map(drop)
}
