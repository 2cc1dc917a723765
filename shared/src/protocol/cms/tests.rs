//! Files that openssl 3.0 made of "To Anna.\n", each by `openssl cms -encrypt -binary -outform DER` and what is said
//! beside it. That they decrypt is tested where keys are: `server/tests/it/decrypt.rs`.

use base64ct::{Base64, Encoding};

use super::*;

/// Of the key on P-256 that most are encrypted for.
const ANNA: &str = "\
    MIIBbjCCARWgAwIBAgIUWq6xUl6sjL4EpdLOENpd1Xp2CVswCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBQTAgFw0yNjExMjcwNTIz\
    MTVaGA8yMTI2MTEwMzA1MjMxNVowDDEKMAgGA1UEAwwBQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOlRW/vm5KpDQWLIp1nH\
    FiMzs/Qh10ggTs/FA06r9T7uRBCPoEoZ+v95CdI4HC9dgP+e1E87kijcvUSWXkgVaySjUzBRMB0GA1UdDgQWBBTXrNPKmfjuRbzO\
    3+7r/zr+LzbB2zAfBgNVHSMEGDAWgBTXrNPKmfjuRbzO3+7r/zr+LzbB2zAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cA\
    MEQCIGl/ad6BONC5xGCLCrE7rW7ZbvWuZQFamXglxgF4oJ5yAiA4kMYf1dZx1XZvU8xkuUuYJVhakWSn8FEqCfFBX6cxHw==";
/// Of the RSA key.
const RSA: &str = "\
    MIIB9jCCAV+gAwIBAgIUYbr0GhONxsoYBHr8MPIXl4tDxawwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBUjAgFw0yNjExMjcw\
    NTIzMTVaGA8yMTI2MTEwMzA1MjMxNVowDDEKMAgGA1UEAwwBUjCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAuZLVNWOHyRI4\
    35wVfH+fDtsSRsXX/PsAx7pUD1GyTJJME4pbgzzTV4Zog5t9BS2UZ/L8aN7r61puFed0T1ymIgKCgCIfxicP+7YEQifSrHEhq7rV\
    K/U4YKQg/jeDgiE/uYRKLesfxK7LK+3f/L4ilNBqUMdRx3In0DFse9lBWrsCAwEAAaNTMFEwHQYDVR0OBBYEFLQngX+0f60pco/l\
    w6Io86hN/nYLMB8GA1UdIwQYMBaAFLQngX+0f60pco/lw6Io86hN/nYLMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQAD\
    gYEAhdv1zLl8Nntk94Kawed+0tzl4DjZbGNfS5qcS/snCDXpYWCmlnDJz9nRcyQbgOBP5XXg0GsPW/imIwdbZ55hERtSehXjLMWh\
    oYK2TaT8nmgSnjK+kV8d/a/fTQlO9OGOi9ktFT3cNOQF/iY/DJoCN/tpfoUPeKo8iTrlvGmJcY0=";
/// -aes128
const CBC: &str = "\
    MIIBDAYJKoZIhvcNAQcDoIH+MIH7AgECMYG3oYG0AgEDoFGhTzAJBgcqhkjOPQIBA0IABMo7s4ROWhZ1OBJD5ZZ6PHb7Ta9yh7CW\
    LQ9f2rNjeSdS7UIWTq3qsRI1i9Zs2xT2G0By65fbg+3Z0UlzoQrEHL8wGAYJK4EFEIZIPwACMAsGCWCGSAFlAwQBBTBCMEAwJDAM\
    MQowCAYDVQQDDAFBAhRarrFSXqyMvgSl0s4Q2l3VenYJWwQYGZTnXi/tFVCLBuEw+vsJxcUF349N5gSJMDwGCSqGSIb3DQEHATAd\
    BglghkgBZQMEAQIEED/Ir83cYOZ3dPi45t/speiAEFPTkoL5G1ivjhlFwejGLgE=";
/// -aes-256-gcm -stream -keyopt ecdh_kdf_md:sha256
const GCM: &str = "\
    MIAGCyqGSIb3DQEJEAEXoIAwgAIBADGBxKGBwQIBA6BRoU8wCQYHKoZIzj0CAQNCAARkvkNWJFF6uvJTgFssqL0GXMqQCSfqGReP\
    /mpum9wP8vuRhY/9T8VyU5eX4WfAAmkfr4sgPG2KwEIY8HjxzXMqMBUGBiuBBAELATALBglghkgBZQMEAS0wUjBQMCQwDDEKMAgG\
    A1UEAwwBQQIUWq6xUl6sjL4EpdLOENpd1Xp2CVsEKAVPm467g7Dlid6ZzgRc2Wi/wwaJhHv40cZyG8Cnxt6NjBN/JHmA27MwgAYJ\
    KoZIhvcNAQcBMB4GCWCGSAFlAwQBLjARBAxtBwm3fXs810x6Cu4CARCggAQJnSX+zvO5rpDSAAAAAAQQJTsH8DWelWQ+OE47f8PO\
    tgAAAAAAAA==";
/// -aes256 -keyid -stream
const KEY_ID: &str = "\
    MIAGCSqGSIb3DQEHA6CAMIACAQIxgbmhgbYCAQOgUaFPMAkGByqGSM49AgEDQgAEculcd+/uQknE7rw+KkaeflEDmIEWnoG9lraQ\
    t1qPg7J6ecGHiYT/fZyOag3mrEfBW6v+yHLhCWoY2GUfdpy/eDAYBgkrgQUQhkg/AAIwCwYJYIZIAWUDBAEtMEQwQqAWBBTXrNPK\
    mfjuRbzO3+7r/zr+LzbB2wQoYrlsiax9oROXk49pBZTsEA9gy1aQPslez+Shq5JrSI2NeMZYFjl+ijCABgkqhkiG9w0BBwEwHQYJ\
    YIZIAWUDBAEqBBDR1vlTpbLaGv4dOuF4S/IyoIAEEG0u9tAZ6JVyMqSEmOzIsicAAAAAAAAAAAAA";
/// -aes256, for RSA with -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256, and for Anna
const TWO: &str = "\
    MIICCAYJKoZIhvcNAQcDoIIB+TCCAfUCAQIxggGwMIHmAgEAMCQwDDEKMAgGA1UEAwwBUgIUYbr0GhONxsoYBHr8MPIXl4tDxaww\
    OAYJKoZIhvcNAQEHMCugDTALBglghkgBZQMEAgGhGjAYBgkqhkiG9w0BAQgwCwYJYIZIAWUDBAIBBIGARkzAbQAEMmftQlV2chLD\
    Gsg4fbyHci8DsbidD94ZVHMkljI9DMYkHiRUiqD7bRCss+/bkNrkAe+rR+F69I7J4WfEouKQ+QQyxCtC9PUyB0b4eI82eGIAZh9B\
    zSJ3yJ9TnVuP4d+j4uhuOyp3R6YP1j2kON+gC681eHUSLeu99AmhgcQCAQOgUaFPMAkGByqGSM49AgEDQgAEb1pwuy0QiIotCj4Z\
    4SLuPPi1p/AfmH2/jzQCj1WGS7nAnghfMqo8zOOfPsvaj88obRVJJ1P92ao/ge/8HH/LIDAYBgkrgQUQhkg/AAIwCwYJYIZIAWUD\
    BAEtMFIwUDAkMAwxCjAIBgNVBAMMAUECFFqusVJerIy+BKXSzhDaXdV6dglbBCi927ae/kyHmCWvKjriRvmp3qXdIQSUHnwUF3/l\
    OYZeSYEAHb3foy7WMDwGCSqGSIb3DQEHATAdBglghkgBZQMEASoEENygX1uPnw9iOr0F60qpiMSAELoxQf/WR+ieouNLseSW49A=";
/// -aes128, for RSA
const PKCS1: &str = "\
    MIIBFQYJKoZIhvcNAQcDoIIBBjCCAQICAQAxgb4wgbsCAQAwJDAMMQowCAYDVQQDDAFSAhRhuvQaE43GyhgEevww8heXi0PFrDAN\
    BgkqhkiG9w0BAQEFAASBgHUuy6YAYa56/tnwK1Cmm1KXDbaXcw6eJNGGioEoUS7Hje2cMsDpV4YaZ7ucdardMxaojQyXjrqalyu/\
    orTpqecAUoCJb0oATxkW34SWRicx9GvQbFkPK7F0VFYfqUjzNaYL2ba60blWfelUSoMGS3n2Nk8ZfHJ+6TJMJRY+psN/MDwGCSqG\
    SIb3DQEHATAdBglghkgBZQMEAQIEECSFm7qLaKpgAnPkzQut3+mAEDTcjl/65j3T0qKzHzSXnZY=";
/// -des3
const TRIPLE_DES: &str = "\
    MIIBGQYJKoZIhvcNAQcDoIIBCjCCAQYCAQIxgcuhgcgCAQOgUaFPMAkGByqGSM49AgEDQgAE512/vf+danL/cmjaOoni2EqRn8uE\
    sbKfsj7kqzXh8/hLm72lyDlyX1NGmHMoHhRzXjWJk6AN8i53dByj/Bl8bzAcBgkrgQUQhkg/AAIwDwYLKoZIhvcNAQkQAwYFADBS\
    MFAwJDAMMQowCAYDVQQDDAFBAhRarrFSXqyMvgSl0s4Q2l3VenYJWwQoztjpnMLSt2B4uEQqHjxY6BLNa0q8VDCBo+EOxJlFEdwm\
    5StLhsjV9TAzBgkqhkiG9w0BBwEwFAYIKoZIhvcNAwcECPT3TvakSJDEgBB7mF8rRmT1GydN5nmfIc3Y";
/// `openssl cms -sign -nodetach`
const SIGNED: &str = "\
    MIIBuQYJKoZIhvcNAQcCoIIBqjCCAaYCAQExDTALBglghkgBZQMEAgEwGAYJKoZIhvcNAQcBoAsECVRvIEFubmEuCjGCAXYwggFy\
    AgEBMCQwDDEKMAgGA1UEAwwBQQIUWq6xUl6sjL4EpdLOENpd1Xp2CVswCwYJYIZIAWUDBAIBoIHkMBgGCSqGSIb3DQEJAzELBgkq\
    hkiG9w0BBwEwHAYJKoZIhvcNAQkFMQ8XDTI2MTEyNzA1MjMxNVowLwYJKoZIhvcNAQkEMSIEIN3wNIU9jEvMPtPL60KjIRhuMl38\
    QGkJsGcS6FddJu4aMHkGCSqGSIb3DQEJDzFsMGowCwYJYIZIAWUDBAEqMAsGCWCGSAFlAwQBFjALBglghkgBZQMEAQIwCgYIKoZI\
    hvcNAwcwDgYIKoZIhvcNAwICAgCAMA0GCCqGSIb3DQMCAgFAMAcGBSsOAwIHMA0GCCqGSIb3DQMCAgEoMAoGCCqGSM49BAMCBEcw\
    RQIhALjBg3KSmmJFZMyFvWerhqyXjgfzINR0cTAAtkDB6PglAiAGmuLSlIEkWHLw0pRfSnlWIsgW/m4uysSJzYPK3J1G/A==";
/// `openssl cms -EncryptedData_encrypt`
const BY_SECRET: &str = "\
    MFAGCSqGSIb3DQEHBqBDMEECAQAwPAYJKoZIhvcNAQcBMB0GCWCGSAFlAwQBAgQQaIpHXVoLtzB1VhlBGp1XuIAQTTI6SXhLkcX6\
    dCuRdZMg6Q==";

fn der(base64: &str) -> Vec<u8> {
    Base64::decode_vec(base64).unwrap()
}

fn agreement<'a>(file: &'a Enveloped<'_>) -> &'a Agreement<'a> {
    match &file.recipients[0].method {
        Ok(Method::Ecdh(agreement)) => agreement,
        other => panic!("{other:?}"),
    }
}

#[test]
fn cbc_for_a_key_on_p_256() {
    let (octets, anna, rsa) = (der(CBC), der(ANNA), der(RSA));
    let file = Enveloped::read(&octets).unwrap();
    assert!(matches!(file.cipher, Cipher::Cbc { key_octets: 16, .. }));
    assert_eq!(file.content.len(), 16);
    let recipient = file.recipient(&Identity::of(&anna).unwrap()).unwrap();
    assert_eq!(recipient.encrypted_key.len(), 24);
    assert_eq!(file.recipient(&Identity::of(&rsa).unwrap()), None);
    let agreement = agreement(&file);
    assert_eq!((agreement.hash, agreement.wrap), (Hash::Sha1, Wrap::Aes128));
    assert_eq!(agreement.public_key[0], 4);
}

#[test]
fn what_is_hashed_is_secret_counter_and_shared_info() {
    let octets = der(CBC);
    let file = Enveloped::read(&octets).unwrap();
    let info: [u8; 23] = [
        0x30, 0x15, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x05, 0xa2, 0x06,
        0x04, 0x04, 0, 0, 0, 0x80,
    ];
    let expected = [&[7; 32][..], &[0, 0, 0, 1], &info].concat();
    let mut agreement = agreement(&file).clone();
    assert_eq!(agreement.kdf_inputs(&[7; 32]), [expected]);

    // SHA-1 gives 20 octets: two for a key of 32. The material of the sender stands between algorithm and length.
    agreement.wrap = Wrap::Aes256;
    agreement.user_key_material = Some(&[9; 2]);
    let inputs = agreement.kdf_inputs(&[7; 32]);
    assert_eq!(inputs.len(), 2);
    let info = [
        &[0x30, 0x1b][..],
        &info[2..15],
        &[0xa0, 0x04, 0x04, 0x02, 9, 9],
        &[0xa2, 0x06, 0x04, 0x04, 0, 0, 1, 0],
    ]
    .concat();
    assert_eq!(inputs[1], [&[7; 32][..], &[0, 0, 0, 2], &info].concat());
}

#[test]
fn gcm_in_pieces() {
    let octets = der(GCM);
    let file = Enveloped::read(&octets).unwrap();
    let Cipher::Gcm {
        key_octets: 32,
        tag,
        aad,
        ..
    } = &file.cipher
    else {
        panic!("{:?}", file.cipher);
    };
    assert_eq!((tag.len(), aad.len(), file.content.len()), (16, 0, 9));
    assert_eq!(agreement(&file).hash, Hash::Sha256);
}

#[test]
fn authenticated_attributes_are_the_additional_data_as_a_set() {
    let octets = der(GCM);
    let with = |attributes: &[u8]| {
        // Before the tag of 18 octets and the four ends of indefinite lengths.
        let at = octets.len() - 18 - 6;
        [&octets[..at], attributes, &octets[at..]].concat()
    };
    let octets = with(&[0xa1, 0x02, 0x30, 0x00]);
    match Enveloped::read(&octets).unwrap().cipher {
        Cipher::Gcm { aad, .. } => assert_eq!(aad, [0x31, 0x02, 0x30, 0x00]),
        Cipher::Cbc { .. } => panic!(),
    }
}

#[test]
fn a_recipient_is_known_by_the_key_identifier_too() {
    let (octets, anna, rsa) = (der(KEY_ID), der(ANNA), der(RSA));
    let file = Enveloped::read(&octets).unwrap();
    assert!(matches!(file.recipients[0].id, RecipientId::KeyId(_)));
    assert!(file.recipient(&Identity::of(&anna).unwrap()).is_some());
    assert!(file.recipient(&Identity::of(&rsa).unwrap()).is_none());
}

#[test]
fn each_of_several_recipients_is_found() {
    let (octets, anna, rsa) = (der(TWO), der(ANNA), der(RSA));
    let file = Enveloped::read(&octets).unwrap();
    let method = |certificate: &[u8]| {
        let recipient = file.recipient(&Identity::of(certificate).unwrap());
        recipient.unwrap().method.clone().unwrap()
    };
    assert!(matches!(method(&anna), Method::Ecdh(_)));
    let oaep = Method::RsaOaep {
        hash: Hash::Sha256,
        mgf_hash: Hash::Sha256,
        label: &[],
    };
    assert_eq!(method(&rsa), oaep);
    let octets = der(PKCS1);
    let file = Enveloped::read(&octets).unwrap();
    assert_eq!(file.recipients[0].method, Ok(Method::RsaPkcs1));
}

#[test]
fn what_is_not_read_says_why() {
    for (file, words) in [
        (der(SIGNED), "the file is signed, not encrypted"),
        (
            der(BY_SECRET),
            "the file is CMS, but not encrypted to a certificate",
        ),
        (
            der(TRIPLE_DES),
            "not supported: Triple DES, which is no longer safe; the sender should take AES",
        ),
        (
            der(ANNA),
            "this is no CMS file (RFC 5652), nor PEM or S/MIME around one",
        ),
        (
            vec![],
            "this is no CMS file (RFC 5652), nor PEM or S/MIME around one",
        ),
        (
            b"%PDF-1.7".to_vec(),
            "this is no CMS file (RFC 5652), nor PEM or S/MIME around one",
        ),
        (
            [der(CBC), vec![0]].concat(),
            "the file is damaged, or a part of it is missing",
        ),
    ] {
        assert_eq!(Enveloped::read(&file).unwrap_err().to_string(), words);
    }
}

/// The others of the file can still open it.
#[test]
fn an_unknown_algorithm_is_one_recipients_affair() {
    let mut octets = der(TWO);
    let oaep = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07];
    let at = octets.windows(9).position(|window| window == oaep).unwrap();
    octets[at + 8] = 0x7f;
    let (anna, rsa) = (der(ANNA), der(RSA));
    let file = Enveloped::read(&octets).unwrap();
    let recipient = |certificate: &[u8]| file.recipient(&Identity::of(certificate).unwrap()).unwrap();
    assert!(recipient(&anna).method.is_ok());
    assert_eq!(
        recipient(&rsa).method.as_ref().unwrap_err().to_string(),
        "not supported: the algorithm 1.2.840.113549.1.1.127"
    );
}

#[test]
fn recipients_have_an_end() {
    let octets = der(PKCS1);
    let mut info = Reader::new(Reader::new(&octets).take(SEQUENCE).unwrap());
    info.oid().unwrap();
    let mut body = Reader::new(Reader::new(info.take(tag(0)).unwrap()).take(SEQUENCE).unwrap());
    body.integer().unwrap();
    let one = body.take(SET).unwrap();
    assert_eq!(
        recipient::all(&one.repeat(MAX_RECIPIENTS)).unwrap().len(),
        MAX_RECIPIENTS
    );
    assert_eq!(
        recipient::all(&one.repeat(MAX_RECIPIENTS + 1)),
        Err(CmsError::TooManyRecipients)
    );
}

#[test]
fn any_octet_may_be_wrong_and_any_part_missing() {
    for base64 in [ANNA, CBC, GCM, KEY_ID, TWO, PKCS1, SIGNED] {
        let whole = der(base64);
        for length in 0..whole.len() {
            let cut = &whole[..length];
            assert!(Enveloped::read(cut).is_err(), "{length}");
            let _ = (Identity::of(cut), unwrapped(&base64.as_bytes()[..length]));
        }
        for at in 0..whole.len() {
            for bits in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= bits;
                if let Ok(file) = Enveloped::read(&changed) {
                    for recipient in &file.recipients {
                        if let Ok(Method::Ecdh(agreement)) = &recipient.method {
                            assert!(agreement.kdf_inputs(&[0; 32]).len() <= 2);
                        }
                    }
                }
                let _ = Identity::of(&changed);
            }
        }
    }
}

#[test]
fn wrapping_is_taken_off() {
    let pem = |label: &str| format!("-----BEGIN {label}-----\n{CBC}\n-----END {label}-----\n");
    let headers = "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; name=\"smime.p7m\"";
    let mail = "Subject: -----BEGIN here\r\nContent-Transfer-Encoding: Base64\r\n\r\n";
    let bare = der(CBC);
    for file in [
        pem("CMS").into_bytes(),
        pem("PKCS7").replace('\n', "\r\n").into_bytes(),
        format!("Sent by hand:\n{}", pem("CMS")).into_bytes(),
        format!("{headers}\nContent-Transfer-Encoding: base64\n\n{CBC}\n").into_bytes(),
        format!("{mail}{}\r\n{}\r\n\r\n", &CBC[..64], &CBC[64..]).into_bytes(),
        format!(" {CBC}\n").into_bytes(),
        [
            headers.as_bytes(),
            b"\nContent-Transfer-Encoding: binary\n\n",
            &bare,
        ]
        .concat(),
        bare.clone(),
    ] {
        assert_eq!(
            unwrapped(&file).unwrap(),
            bare,
            "{}",
            String::from_utf8_lossy(&file)
        );
    }
    let cut = |text: &str| text.as_bytes()[..text.len() / 2].to_vec();
    for (file, error) in [
        (vec![], CmsError::NotCms),
        (b"dear Anna".to_vec(), CmsError::NotCms),
        (b"a: b\n\nc".to_vec(), CmsError::NotCms),
        (vec![0xff; 100], CmsError::NotCms),
        (cut(&pem("CMS")), CmsError::Damaged),
        (pem("CMS").replace("MII", "**I").into_bytes(), CmsError::Damaged),
        (
            b"Content-Transfer-Encoding: base64\n\nMI*\n".to_vec(),
            CmsError::Damaged,
        ),
    ] {
        assert_eq!(
            unwrapped(&file).unwrap_err(),
            error,
            "{}",
            String::from_utf8_lossy(&file)
        );
    }
}
