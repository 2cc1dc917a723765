//! What a file is wrapped in on its way: PEM (RFC 7468), or a MIME entity (S/MIME, RFC 8551), such as a whole mail.

use std::borrow::Cow;

use base64ct::{Base64, Encoding};

use super::CmsError;
use super::ber::SEQUENCE;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The file itself, which may have come bare.
pub fn unwrapped(file: &[u8]) -> Result<Cow<'_, [u8]>, CmsError> {
    if file.first() == Some(&SEQUENCE) {
        return Ok(file.into());
    }
    if let Some((headers, body)) = entity(file) {
        return match encoding(headers).as_deref() {
            Some("base64") => decoded(text(body)?),
            Some("binary" | "8bit" | "7bit") | None if body.first() == Some(&SEQUENCE) => Ok(body.into()),
            _ => Err(CmsError::NotCms),
        };
    }
    let text = text(file)?;
    match text.split_once(BEGIN) {
        Some((_, after)) => {
            let (_, after) = after.split_once(DASHES).ok_or(CmsError::Damaged)?;
            let (body, _) = after.split_once(END).ok_or(CmsError::Damaged)?;
            decoded(body)
        }
        None => decoded(text).map_err(|_| CmsError::NotCms),
    }
}

fn text(octets: &[u8]) -> Result<&str, CmsError> {
    str::from_utf8(octets).map_err(|_| CmsError::NotCms)
}

fn decoded(text: &str) -> Result<Cow<'static, [u8]>, CmsError> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let octets = Base64::decode_vec(&text).map_err(|_| CmsError::Damaged)?;
    if octets.first() == Some(&SEQUENCE) {
        Ok(octets.into())
    } else {
        Err(CmsError::NotCms)
    }
}

/// Headers and body, where the file begins with a header such as `MIME-Version: 1.0`.
fn entity(file: &[u8]) -> Option<(&str, &[u8])> {
    let name_ends = file.iter().position(|octet| *octet == b':')?;
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-';
    if !file.get(..name_ends)?.iter().all(is_name) || file.starts_with(BEGIN.as_bytes()) {
        return None;
    }
    [&b"\n\n"[..], b"\r\n\r\n"]
        .into_iter()
        .filter_map(|blank| {
            let at = file.windows(blank.len()).position(|window| window == blank)?;
            Some((at, at + blank.len()))
        })
        .min()
        .and_then(|(headers, body)| Some((text(file.get(..headers)?).ok()?, file.get(body..)?)))
}

/// The Content-Transfer-Encoding.
fn encoding(headers: &str) -> Option<String> {
    headers
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-transfer-encoding"))
        .map(|(_, value)| value.trim().to_ascii_lowercase())
}
