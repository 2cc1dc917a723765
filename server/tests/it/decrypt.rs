//! `selfservice phone decrypt` against openssl: what it encrypts is opened, in each form and by each algorithm, and what
//! is not for these keys, or was changed on its way, is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CONTENT: &[u8] = b"To Anna.\r\n\0\xff";

/// A mobile ID's folder as the phone leaves it, with keys of openssl's, and a folder for what is sent.
struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    /// A new key on P-256, and an RSA key that was recovered.
    fn make() -> Self {
        let folder = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        fs::create_dir_all(folder.path("mobile-id/recovered")).unwrap();
        fs::write(folder.path("mobile-id/mobile-id.json"), b"{}").unwrap();
        fs::write(folder.path("content"), CONTENT).unwrap();
        folder.make_key("mobile-id/encryption", &P256);
        folder.make_key("mobile-id/recovered/0A", &RSA);
        folder.make_key("other", &P256);
        folder
    }

    fn make_key(&self, name: &str, kind: &[&str]) {
        let key = format!("{name}.key");
        self.openssl(&[&["genpkey", "-out", &key], kind].concat());
        let certificate = format!("{name}.pem");
        let subject = format!("/CN={name}", name = name.replace('/', " "));
        self.openssl(&[
            "req",
            "-x509",
            "-key",
            &key,
            "-out",
            &certificate,
            "-subj",
            &subject,
        ]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.dir.path())
            .output()
            .expect("openssl is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
    }

    /// `openssl cms -encrypt` into the file `sent`.
    fn encrypt(&self, arguments: &[&str]) {
        let encrypt = ["cms", "-encrypt", "-binary", "-in", "content", "-out", "sent"];
        self.openssl(&[&encrypt, arguments].concat());
    }

    fn decrypt(&self, input: &str, output: &str, more: &[&str]) -> Output {
        let arguments = [
            "phone",
            "decrypt",
            "--folder",
            "mobile-id",
            "--in",
            input,
            "--out",
            output,
        ];
        self.program(&[&arguments, more].concat(), b"")
    }

    fn program(&self, arguments: &[&str], input: &[u8]) -> Output {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_selfservice"))
            .args(arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    /// That `sent` opens, and what is said about it.
    fn opens(&self, why: &dyn std::fmt::Debug) -> String {
        let output = self.decrypt("sent", "opened", &["--overwrite"]);
        assert!(output.status.success(), "{why:?}: {}", complaint(&output));
        assert_eq!(fs::read(self.path("opened")).unwrap(), CONTENT, "{why:?}");
        fs::remove_file(self.path("opened")).unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Why `sent` does not open. Nothing is written.
    fn refused(&self) -> String {
        let output = self.decrypt("sent", "opened", &[]);
        assert_eq!(output.status.code(), Some(1), "{}", complaint(&output));
        assert!(!self.path("opened").exists());
        complaint(&output)
    }

    fn serial(&self, name: &str) -> String {
        let output = Command::new("openssl")
            .args(["x509", "-noout", "-serial", "-in"])
            .arg(self.path(name))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        said.trim().strip_prefix("serial=").unwrap().to_owned()
    }
}

const P256: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA: [&str; 4] = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"];
const ANNA: &str = "mobile-id/encryption.pem";
const EARLIER: &str = "mobile-id/recovered/0A.pem";

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_openssl_encrypts_to_a_key_on_p_256_is_opened() {
    let folder = Folder::make();
    let serial = folder.serial(ANNA);
    for options in [
        &["-aes128", "-outform", "DER"][..],
        &["-aes256", "-outform", "DER"],
        &["-aes-128-gcm", "-outform", "DER"],
        &["-aes-256-gcm", "-outform", "DER", "-stream"],
        &["-aes256", "-outform", "DER", "-stream"],
        &["-aes256", "-outform", "PEM"],
        &["-aes256", "-outform", "PEM", "-stream"],
        &["-aes256", "-outform", "SMIME"],
        &[
            "-aes256",
            "-outform",
            "SMIME",
            "-stream",
            "-subject",
            "Hello",
            "-to",
            "anna@example.com",
        ],
        &["-aes-256-gcm", "-outform", "SMIME"],
        &["-aes256", "-outform", "DER", "-keyid"],
    ] {
        folder.encrypt(&[options, &["-recip", ANNA]].concat());
        let said = folder.opens(&options);
        assert!(said.contains(&serial) && said.contains("12 octets"), "{said}");
    }
    for hash in ["sha1", "sha224", "sha256", "sha384", "sha512"] {
        let kdf = format!("ecdh_kdf_md:{hash}");
        for more in [&[][..], &["-keyopt", "ecdh_cofactor_mode:1"]] {
            let options = [
                &["-outform", "DER", "-aes256", "-recip", ANNA, "-keyopt", &kdf],
                more,
            ]
            .concat();
            folder.encrypt(&options);
            folder.opens(&options);
        }
    }
}

#[test]
fn what_openssl_encrypts_to_an_rsa_key_is_opened() {
    let folder = Folder::make();
    let serial = folder.serial(EARLIER);
    let oaep = ["-keyopt", "rsa_padding_mode:oaep"];
    let with = |hash| [&oaep[..], &["-keyopt", hash]].concat();
    for options in [
        vec!["-aes128"],
        vec!["-aes192"],
        vec!["-aes256"],
        oaep.to_vec(),
        with("rsa_oaep_md:sha256"),
        with("rsa_oaep_md:sha384"),
        with("rsa_oaep_md:sha512"),
        with("rsa_oaep_label:416e6e61"),
    ] {
        let (cipher, keyopt) = match options.first() {
            Some(&"-keyopt") => ("-aes-256-gcm", options.clone()),
            cipher => (*cipher.unwrap(), vec![]),
        };
        folder.encrypt(&[&["-outform", "DER", cipher, "-recip", EARLIER], &keyopt[..]].concat());
        let said = folder.opens(&options);
        assert!(said.contains(&serial), "{said}");
    }
}

/// Before openssl 3.5 the default is Triple DES, which no browser opens, and which is refused here too.
#[test]
fn what_is_not_supported_is_named() {
    let folder = Folder::make();
    for (options, words) in [
        (&["-des3", "-recip", ANNA][..], "not supported: Triple DES"),
        (
            &["-camellia128", "-recip", ANNA],
            "not supported: the cipher 1.2.392",
        ),
        (&["-aes192", "-recip", ANNA], "not supported: AES-192 key wrap"),
        (
            &[
                "-aes256",
                "-recip",
                EARLIER,
                "-keyopt",
                "rsa_padding_mode:oaep",
                "-keyopt",
                "rsa_oaep_md:sha256",
                "-keyopt",
                "rsa_mgf1_md:sha512",
            ],
            "not supported: RSA-OAEP with two hash functions",
        ),
    ] {
        folder.encrypt(&[&["-outform", "DER"], options].concat());
        let refused = folder.refused();
        assert!(refused.contains(words), "{refused}");
    }
    folder.encrypt(&["-outform", "DER", "-recip", ANNA]);
    let sent = fs::read(folder.path("sent")).unwrap();
    let triple_des = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07];
    if sent.windows(8).any(|window| window == triple_des) {
        assert!(folder.refused().contains("the sender should take AES"));
    } else {
        folder.opens(&"openssl's default");
    }
}

#[test]
fn one_of_several_recipients_opens_it_and_others_do_not() {
    let folder = Folder::make();
    for recipients in [
        &["-recip", "other.pem", "-recip", ANNA, "-recip", EARLIER][..],
        &["-recip", "other.pem", "-recip", EARLIER],
        &["-keyid", "-recip", "other.pem", "-recip", ANNA],
    ] {
        folder.encrypt(&[&["-outform", "DER", "-aes256"], recipients].concat());
        folder.opens(&recipients);
    }
    for options in [&[][..], &["-keyid"]] {
        folder.encrypt(&[&["-outform", "DER", "-aes256", "-recip", "other.pem"], options].concat());
        let refused = folder.refused();
        assert!(
            refused.contains("sent is not encrypted to any certificate in mobile-id"),
            "{refused}"
        );
    }
}

#[test]
fn large_and_empty_contents_are_opened() {
    let folder = Folder::make();
    for length in [0, 1, 15, 16, 17, 3_000_000] {
        let content: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[1]).collect();
        fs::write(folder.path("content"), &content).unwrap();
        for cipher in ["-aes256", "-aes-256-gcm"] {
            if (length, cipher) == (0, "-aes-256-gcm") {
                // openssl 3.0 cannot make it.
                continue;
            }
            folder.encrypt(&[cipher, "-stream", "-outform", "DER", "-recip", ANNA]);
            let output = folder.decrypt("sent", "-", &[]);
            assert!(
                output.stdout == content,
                "{length} {cipher}: {}",
                complaint(&output)
            );
            assert!(output.status.success());
        }
    }
}

#[test]
fn what_was_changed_or_cut_does_not_open() {
    let folder = Folder::make();
    folder.encrypt(&["-aes-256-gcm", "-outform", "DER", "-recip", ANNA]);
    let sent = fs::read(folder.path("sent")).unwrap();
    let changed = |at: usize| {
        let mut changed = sent.clone();
        changed[at] ^= 1;
        changed
    };
    // Tag, content, wrapped key (it stands before the content's 86 octets or so), and the sender's point.
    let wrapped = sent.len() - 100;
    for at in [sent.len() - 1, sent.len() - 20, wrapped, 60, 100] {
        fs::write(folder.path("sent"), changed(at)).unwrap();
        let refused = folder.refused();
        assert!(
            ["does not open", "damaged", "not supported", "not encrypted to"]
                .iter()
                .any(|words| refused.contains(words)),
            "{at}: {refused}"
        );
    }
    for length in [10, 40, 200, sent.len() - 1] {
        fs::write(folder.path("sent"), &sent[..length]).unwrap();
        let refused = folder.refused();
        assert!(
            refused.contains("sent: the file is damaged"),
            "{length}: {refused}"
        );
    }
    // AES-CBC: the wrapped key tells of a change of its own, and the padding of one at the end.
    folder.encrypt(&["-aes256", "-outform", "DER", "-recip", ANNA]);
    let sent = fs::read(folder.path("sent")).unwrap();
    fs::write(folder.path("sent"), &sent[..sent.len() - 1]).unwrap();
    assert!(folder.refused().contains("damaged"));
    for (file, words) in [
        (&b"dear Anna"[..], "sent: this is no CMS file"),
        (b"", "sent: this is no CMS file"),
    ] {
        fs::write(folder.path("sent"), file).unwrap();
        assert!(folder.refused().contains(words));
    }
    folder.openssl(&[
        "cms",
        "-sign",
        "-in",
        "content",
        "-nodetach",
        "-outform",
        "DER",
        "-out",
        "sent",
        "-signer",
        "other.pem",
        "-inkey",
        "other.key",
    ]);
    assert!(folder.refused().contains("the file is signed, not encrypted"));
}

/// A certificate with our name and serial number, and another key: the sender's mistake, or an attacker's.
#[test]
fn another_key_under_the_same_name_does_not_open_it() {
    let folder = Folder::make();
    folder.encrypt(&["-aes-256-gcm", "-outform", "DER", "-recip", ANNA]);
    fs::copy(folder.path("other.key"), folder.path("mobile-id/encryption.key")).unwrap();
    let refused = folder.refused();
    assert!(
        refused.contains(&folder.serial(ANNA)) && refused.contains("does not open"),
        "{refused}"
    );
    fs::copy(
        folder.path("mobile-id/recovered/0A.key"),
        folder.path("mobile-id/encryption.key"),
    )
    .unwrap();
    assert!(folder.refused().contains("does not open"));
    fs::write(folder.path("mobile-id/encryption.key"), b"-----BEGIN").unwrap();
    assert!(folder.refused().contains("mobile-id/encryption.key is damaged"));
}

#[test]
fn no_file_is_overwritten_unasked_and_the_content_is_its_owner_s() {
    let folder = Folder::make();
    folder.encrypt(&["-aes256", "-outform", "DER", "-recip", ANNA]);
    fs::write(folder.path("opened"), b"mine").unwrap();
    let output = folder.decrypt("sent", "opened", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("opened is there already: name another file, or add --overwrite"));
    assert_eq!(fs::read(folder.path("opened")).unwrap(), b"mine");
    let output = folder.decrypt("sent", "opened", &["--overwrite", "--json"]);
    assert!(output.status.success(), "{}", complaint(&output));
    assert_eq!(fs::read(folder.path("opened")).unwrap(), CONTENT);
    assert_eq!(mode(&folder.path("opened")), 0o600);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "event": "decrypted", "serial": folder.serial(ANNA), "octets": 12, "file": "opened",
    });
    assert_eq!(said, expected);
    let names = fs::read_dir(folder.dir.path()).unwrap();
    assert!(
        !names
            .into_iter()
            .any(|name| name.unwrap().file_name().to_string_lossy().ends_with(".new"))
    );
}

#[test]
fn a_dash_is_standard_input_and_output() {
    let folder = Folder::make();
    folder.encrypt(&["-aes256", "-outform", "PEM", "-recip", ANNA]);
    let sent = fs::read(folder.path("sent")).unwrap();
    let output = folder.program(&["phone", "decrypt", "--in", "-", "--out", "-"], &sent);
    assert!(output.status.success(), "{}", complaint(&output));
    assert_eq!(output.stdout, CONTENT);
}

#[test]
fn a_command_that_makes_no_sense_says_so() {
    let folder = Folder::make();
    folder.encrypt(&["-aes256", "-outform", "DER", "-recip", ANNA]);
    let failed = |arguments: &[&str], code: i32| {
        let output = folder.program(&[&["phone"], arguments].concat(), b"");
        assert_eq!(output.status.code(), Some(code), "{}", complaint(&output));
        complaint(&output)
    };
    assert!(failed(&[], 2).contains("<LINK>"));
    assert!(failed(&["decrypt", "--in", "sent"], 2).contains("--out"));
    let nowhere = [
        "decrypt", "--folder", "nowhere", "--in", "sent", "--out", "opened",
    ];
    assert!(failed(&nowhere, 1).contains("nowhere holds no mobile ID"));
    let missing = ["decrypt", "--in", "missing", "--out", "opened"];
    assert!(failed(&missing, 1).contains("cannot read missing"));
    let no_folder = ["decrypt", "--in", "sent", "--out", "no/opened"];
    assert!(failed(&no_folder, 1).contains("cannot write no/opened"));
    for name in ["encryption.key", "recovered/0A.key"] {
        fs::remove_file(folder.path("mobile-id").join(name)).unwrap();
    }
    let none = ["decrypt", "--in", "sent", "--out", "opened"];
    assert!(failed(&none, 1).contains("mobile-id holds no encryption certificate with its key"));
}
