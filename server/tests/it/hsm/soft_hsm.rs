//! SoftHSM2 (Debian package softhsm2) with tokens of a test's own. Which tokens there are is told by a variable, so
//! whoever uses them runs in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
pub const LABEL: &str = "selfservice";
pub const PIN: &str = "pin-917354";
pub const SO_PIN: &str = "so-pin-8261";
const CONF: &str = "SOFTHSM2_CONF";
/// Names the folder to a test's own process. Tokens of whoever runs the tests are never touched.
const OWN: &str = "SELFSERVICE_TEST_SOFT_HSM";

pub struct SoftHsm {
    dir: PathBuf,
    /// Removes the folder again; with the process that made it.
    _made: Option<tempfile::TempDir>,
}

impl SoftHsm {
    /// With one token.
    pub fn new() -> Self {
        let made = tempfile::tempdir().unwrap();
        let hsm = Self {
            dir: made.path().to_owned(),
            _made: Some(made),
        };
        std::fs::create_dir(hsm.tokens()).unwrap();
        let conf = format!("directories.tokendir = {}\n", hsm.tokens().display());
        std::fs::write(hsm.conf(), conf).unwrap();
        hsm.add_token(LABEL);
        hsm
    }

    /// The test of that name, run once more in a process of its own with a token; there, the token is given.
    pub fn in_own_process(test: &str) -> Option<Self> {
        if let Some(dir) = std::env::var_os(OWN) {
            let hsm = Self {
                dir: dir.into(),
                _made: None,
            };
            assert_eq!(std::env::var_os(CONF), Some(hsm.conf().into()));
            return Some(hsm);
        }
        let hsm = Self::new();
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", test, "--nocapture"]);
        again.env(CONF, hsm.conf()).env(OWN, &hsm.dir);
        let output = again.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}\n{complained}"
        );
        print!("{said}");
        None
    }

    pub fn conf(&self) -> PathBuf {
        self.dir.join("softhsm2.conf")
    }

    /// The folder of all tokens.
    pub fn tokens(&self) -> PathBuf {
        self.dir.join("tokens")
    }

    pub fn add_token(&self, label: &str) {
        self.util(&[
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            SO_PIN,
            "--pin",
            PIN,
        ]);
    }

    /// A key pair from a file (PKCS#8).
    pub fn import(&self, file: &Path, label: &str, id: &str, more: &[&str]) {
        let file = file.to_str().unwrap();
        let mut arguments = vec![
            "--import", file, "--token", LABEL, "--pin", PIN, "--label", label, "--id", id,
        ];
        arguments.extend(more);
        self.util(&arguments);
    }

    fn util(&self, arguments: &[&str]) {
        let mut util = Command::new("softhsm2-util");
        let output = util.args(arguments).env(CONF, self.conf()).output();
        let output = output.unwrap_or_else(|error| panic!("{error}: install the Debian package softhsm2"));
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// What the program is told.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            (CONF, self.conf().to_str().unwrap().to_owned()),
            ("SELFSERVICE_CA__PKCS11__MODULE", MODULE.to_owned()),
            ("SELFSERVICE_CA__PKCS11__TOKEN", LABEL.to_owned()),
            ("SELFSERVICE_CA__PKCS11__PIN", PIN.to_owned()),
        ]
    }
}
