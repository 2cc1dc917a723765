//! The device API: one function a URL, each giving a call that can be made, and made again. When to do so is
//! `setup`'s business.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use shared::api::{
    ActivationCode, ActivationOffer, Claim, Claimed, DeviceEnrollment, DeviceMobileId, KeysAccepted,
    MobileIdState, MobileIdTest, ProcessState, Receipt, SubmitKeys, TestAnswer,
};
use shared::url::device as url;

use crate::api::{Answer, Bearer, Failure, Method, read, send};

/// A request, ready to be sent.
pub struct Prepared {
    method: Method,
    address: String,
    token: Option<String>,
    body: Option<String>,
}

impl Prepared {
    pub async fn send(&self) -> Result<Answer, Failure> {
        let bearer = self.token.as_deref().map(Bearer);
        send(self.method, &self.address, bearer, self.body.clone()).await
    }
}

/// A request whose answer reads as a `T`.
pub struct Call<T> {
    pub prepared: Prepared,
    answer: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Call<T> {
    pub fn read(answer: &Answer) -> Result<T, Failure> {
        read(answer)
    }

    pub fn is_readable(answer: &Answer) -> bool {
        read::<T>(answer).is_ok()
    }
}

/// Whatever such an answer carries, that it came is all that counts.
pub type Done = IgnoredAny;

pub fn activation(code: &str) -> Call<ActivationOffer> {
    let code = code.to_owned();
    post(url::ACTIVATION, None, &ActivationCode { code })
}

pub fn decline(code: &str) -> Call<Done> {
    let code = code.to_owned();
    post(url::DECLINE, None, &ActivationCode { code })
}

pub fn claim(claim: &Claim) -> Call<Claimed> {
    post(url::CLAIM, None, claim)
}

pub fn keys(token: &str, keys: &SubmitKeys) -> Call<KeysAccepted> {
    post(url::KEYS, Some(token), keys)
}

/// Answers at once, or, with `since`, when the enrollment has left that state (or 20 seconds later).
pub fn enrollment(token: &str, since: Option<ProcessState>) -> Call<DeviceEnrollment> {
    let address = match since {
        Some(state) => format!("{}?since={}", url::ENROLLMENT, state.as_str()),
        None => String::from(url::ENROLLMENT),
    };
    call(Method::GET, address, Some(token), None)
}

pub fn receipt(token: &str, receipt: &Receipt) -> Call<Done> {
    post(url::RECEIPT, Some(token), receipt)
}

pub fn cancel(token: &str) -> Call<Done> {
    call(Method::POST, String::from(url::CANCEL), Some(token), None)
}

/// Answers at once, or, with `since`, when the mobile ID has left that state or a test waits (or 20 seconds later).
pub fn mobile_id(token: &str, since: Option<MobileIdState>) -> Call<DeviceMobileId> {
    let address = match since {
        Some(state) => format!("{}?since={}", url::MOBILE_ID, state.as_str()),
        None => String::from(url::MOBILE_ID),
    };
    call(Method::GET, address, Some(token), None)
}

pub fn begin_test(token: &str) -> Call<Done> {
    call(Method::POST, String::from(url::TEST), Some(token), None)
}

pub fn answer_test(token: &str, answer: &TestAnswer) -> Call<MobileIdTest> {
    post(url::TEST_ANSWER, Some(token), answer)
}

fn post<T>(address: &str, token: Option<&str>, body: &impl Serialize) -> Call<T> {
    // The wire types have text keys only, so they always become JSON.
    let body = serde_json::to_string(body).unwrap_or_default();
    call(Method::POST, address.to_owned(), token, Some(body))
}

fn call<T>(method: Method, address: String, token: Option<&str>, body: Option<String>) -> Call<T> {
    Call {
        prepared: Prepared {
            method,
            address,
            token: token.map(str::to_owned),
            body,
        },
        answer: PhantomData,
    }
}
