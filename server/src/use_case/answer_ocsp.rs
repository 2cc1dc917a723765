//! Whether certificates count, for whoever asks by OCSP.

use super::{Context, OcspAnswer, responder};
use crate::ca::ocsp::OcspRefusal;

/// `request`: DER.
pub async fn run(context: &Context, request: &[u8]) -> Result<OcspAnswer, OcspRefusal> {
    responder::answer(context, request).await
}
