//! What a phone reads from its certificates: whose key they speak for, and since when.

use der::asn1::AnyRef;
use der::{Decode, Encode, ErrorKind, SliceReader, Tag, Tagged};

/// Serial number, signature algorithm, issuer, validity and subject stand before the key (RFC 5280, section 4.1).
const FIELDS_BEFORE_KEY: usize = 5;
const FIELDS_BEFORE_VALIDITY: usize = 3;

/// The SubjectPublicKeyInfo (DER) of a certificate (DER). Nothing is verified.
pub fn public_key(certificate: &[u8]) -> der::Result<Vec<u8>> {
    field(certificate, FIELDS_BEFORE_KEY)?.to_der()
}

/// The year in which its validity begins.
pub fn first_year(certificate: &[u8]) -> der::Result<u16> {
    let validity = field(certificate, FIELDS_BEFORE_VALIDITY)?;
    let begins = AnyRef::decode(&mut SliceReader::new(validity.value())?)?;
    let (digits, century) = match begins.tag() {
        // Until 2049 (RFC 5280, section 4.1.2.5.1).
        Tag::UtcTime => (2, 2_000),
        _ => (4, 0),
    };
    let year = begins
        .value()
        .get(..digits)
        .and_then(|year| str::from_utf8(year).ok());
    let year: Option<u16> = year.and_then(|year| year.parse().ok());
    year.map(|year| year + century)
        .ok_or_else(|| ErrorKind::DateTime.into())
}

/// A SEQUENCE of the part that is signed, after `before` others; the version does not count.
fn field(certificate: &[u8], before: usize) -> der::Result<AnyRef<'_>> {
    let certificate = AnyRef::from_der(certificate)?;
    certificate.tag().assert_eq(Tag::Sequence)?;
    let to_be_signed = AnyRef::decode(&mut SliceReader::new(certificate.value())?)?;
    to_be_signed.tag().assert_eq(Tag::Sequence)?;
    let mut fields = SliceReader::new(to_be_signed.value())?;
    let first = AnyRef::decode(&mut fields)?;
    // The version, where it is given, is tagged [0]; otherwise the serial number has just been read.
    let is_version = first.tag().is_context_specific();
    for _ in usize::from(!is_version)..before {
        AnyRef::decode(&mut fields)?;
    }
    let wanted = AnyRef::decode(&mut fields)?;
    wanted.tag().assert_eq(Tag::Sequence)?;
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256`.
    const VERSION_3: &str = "\
        3082016d30820113a00302010202142c8627ac4b715e678ba25fd188fba7e664e95a19300a06082a8648ce3d04030230\
        0c310a300806035504030c0141301e170d3236313132323231303634345a170d3336313131393231303634345a300c31\
        0a300806035504030c01413059301306072a8648ce3d020106082a8648ce3d030107034200048d68eeb2b2ae42f84a21\
        4d45d77ee25ff70592e18375d48a9c758716506e34954379de02ed0efb684e8ecacbfc1d366d3efef10c926f904c9288\
        1a58adb4e235a3533051301d0603551d0e04160414692013a12d23ea6819371cfa04df074ed60d94bf301f0603551d23\
        041830168014692013a12d23ea6819371cfa04df074ed60d94bf300f0603551d130101ff040530030101ff300a06082a\
        8648ce3d04030203480030450220699238bfcf1b81fb50472270774f046552167180acfe67b82d2414b02926a9500221\
        0084ceaef499aa41a682fded668394226c7814277df8d1f483d020fcd784452c50";
    const KEY_3: &str = "\
        3059301306072a8648ce3d020106082a8648ce3d030107034200048d68eeb2b2ae42f84a214d45d77ee25ff70592e183\
        75d48a9c758716506e34954379de02ed0efb684e8ecacbfc1d366d3efef10c926f904c92881a58adb4e235";
    /// A version 1 certificate has no version field: made with `openssl x509 -req -signkey` and no extensions.
    const VERSION_1: &str = "\
        308201133081b90214106fe70d6384dae1dbbb6bf023bea221138442b1300a06082a8648ce3d040302300c310a300806\
        035504030c0141301e170d3236313132323231303634345a170d3336313131393231303634345a300c310a3008060355\
        04030c01413059301306072a8648ce3d020106082a8648ce3d030107034200048d68eeb2b2ae42f84a214d45d77ee25f\
        f70592e18375d48a9c758716506e34954379de02ed0efb684e8ecacbfc1d366d3efef10c926f904c92881a58adb4e235\
        300a06082a8648ce3d0403020349003046022100b2430fd063cf569fb45dbfe8f59f409e38b69b3093488f70d1e78ea2\
        509eddae022100cecf4e5b4483c70c4ec4f13019d4b72633722b98e483498dea3b567ed6ff75b5";

    #[test]
    fn the_key_is_found_with_and_without_a_version() {
        assert_eq!(public_key(&hex(VERSION_3)).unwrap(), hex(KEY_3));
        assert_eq!(public_key(&hex(VERSION_1)).unwrap(), hex(KEY_3));
    }

    #[test]
    fn the_year_is_found_with_and_without_a_version() {
        assert_eq!(first_year(&hex(VERSION_3)), Ok(2026));
        assert_eq!(first_year(&hex(VERSION_1)), Ok(2026));
        let generalized = VERSION_3.replacen("170d323631313232", "180d323035313232", 1);
        assert_eq!(first_year(&hex(&generalized)), Ok(2051));
    }

    #[test]
    fn garbage_and_cut_certificates_are_refused() {
        let whole = hex(VERSION_3);
        assert!(public_key(b"").is_err());
        assert!(public_key(b"not der").is_err());
        for length in [1, 10, 60, whole.len() - 1] {
            assert!(public_key(&whole[..length]).is_err(), "{length}");
            assert!(first_year(&whole[..length]).is_err(), "{length}");
        }
        assert!(public_key(&hex(KEY_3)).is_err(), "a bare key is no certificate");
    }
}
