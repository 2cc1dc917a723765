//! The key pairs in a token: made, found, and used to sign or to agree.

use aws_lc_rs::digest;
use cryptoki::mechanism::elliptic_curve::{EcKdf, Ecdh1DeriveParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::zeroize::Zeroizing;
use der::{Decode, Encode};

use super::super::Curve;
use super::TokenError;
use super::token::{Seat, Token};

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const LOOK: &str = "look for a key";

/// What a key pair is made for, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Sign,
    Agree,
}

/// The public half of a key pair.
#[derive(Debug, Clone)]
pub(super) struct Public {
    pub curve: Curve,
    /// Uncompressed (SEC 1, section 2.3.3).
    pub point: Vec<u8>,
}

impl Curve {
    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => P256,
            Self::P384 => P384,
        }
    }

    /// Octets of a coordinate, and of each half of a signature.
    pub(super) const fn octets(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }
}

impl Token {
    /// `None` where neither half of such a key pair is there.
    pub fn find(&self, name: &str) -> Result<Option<Public>, TokenError> {
        self.in_session(|seat| {
            let Some(private) = self.private_key(seat, name)? else {
                return Ok(None);
            };
            let known = self.attributes(
                seat,
                private,
                &[
                    AttributeType::EcParams,
                    AttributeType::Id,
                    AttributeType::Sensitive,
                ],
            )?;
            if known.contains(&Attribute::Sensitive(false)) {
                return Err(TokenError::Readable {
                    token: self.name(),
                    name: name.to_owned(),
                });
            }
            let curve = self.curve(name, &known)?;
            let id = known.into_iter().find(|known| matches!(known, Attribute::Id(_)));
            let point = self.point(seat, name, id, curve)?;
            Ok(Some(Public { curve, point }))
        })
    }

    /// Makes a key pair whose private half never leaves the token.
    pub fn generate(&self, name: &str, curve: Curve, made_for: Use) -> Result<(), TokenError> {
        self.offers(MechanismType::ECC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN")?;
        if self.in_session(|seat| self.private_key(seat, name))?.is_some() {
            return Err(TokenError::Taken {
                token: self.name(),
                name: name.to_owned(),
            });
        }
        let curve = curve.oid().to_der().map_err(|_| self.kind(name))?;
        let both = [Attribute::Token(true), label(name), Attribute::Id(id(name))];
        let public = [
            both.as_slice(),
            &[
                Attribute::Verify(made_for == Use::Sign),
                Attribute::EcParams(curve),
            ],
        ]
        .concat();
        let private = [
            both.as_slice(),
            &[
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(made_for == Use::Sign),
                Attribute::Derive(made_for == Use::Agree),
            ],
        ]
        .concat();
        self.in_writing_session(|session| {
            self.clear_away_half_a_pair(session, name)?;
            session
                .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
                .map_err(self.failed("make a key"))?;
            Ok(())
        })
    }

    /// A public key of ours without its private key is what a start that was killed here has left.
    fn clear_away_half_a_pair(&self, session: &Session, name: &str) -> Result<(), TokenError> {
        let ours = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            label(name),
            Attribute::Id(id(name)),
        ];
        for left in session.find_objects(&ours).map_err(self.failed(LOOK))? {
            session
                .destroy_object(left)
                .map_err(self.failed("delete half a key pair"))?;
        }
        Ok(())
    }

    /// r and s, each as long as a coordinate.
    pub fn sign(&self, name: &str, digest: &[u8]) -> Result<Vec<u8>, TokenError> {
        self.in_session(|seat| {
            let key = self.key_at_work(seat, name)?;
            seat.session
                .sign(&Mechanism::Ecdsa, key, digest)
                .map_err(self.failed("sign"))
        })
    }

    /// ECDH with a point: the x coordinate of what both keys give (CKM_ECDH1_DERIVE without a derivation).
    pub fn agree(&self, name: &str, with: &[u8]) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        let wanted = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::ValueLen(32.into()),
            Attribute::Token(false),
            Attribute::Sensitive(false),
            Attribute::Extractable(true),
        ];
        self.in_session(|seat| {
            let key = self.key_at_work(seat, name)?;
            let derive = Mechanism::Ecdh1Derive(Ecdh1DeriveParams::new(EcKdf::null(), with));
            let secret = seat.session.derive_key(&derive, key, &wanted);
            let secret = secret.map_err(self.failed("agree on a secret"))?;
            let shown = self.attributes(seat, secret, &[AttributeType::Value])?;
            seat.session
                .destroy_object(secret)
                .map_err(self.failed("forget a secret"))?;
            let value = shown.into_iter().find_map(|shown| match shown {
                Attribute::Value(value) => Some(Zeroizing::new(value)),
                _ => None,
            });
            value.ok_or_else(|| TokenError::NoSecret { token: self.name() })
        })
    }

    /// The labels of all private keys.
    pub fn names(&self) -> Result<Vec<String>, TokenError> {
        self.in_session(|seat| {
            let mut names = Vec::new();
            for key in self.objects(seat, &[Attribute::Class(ObjectClass::PRIVATE_KEY)])? {
                for known in self.attributes(seat, key, &[AttributeType::Label])? {
                    if let Attribute::Label(label) = known {
                        names.push(String::from_utf8_lossy(&label).into_owned());
                    }
                }
            }
            Ok(names)
        })
    }

    fn key_at_work(&self, seat: &mut Seat, name: &str) -> Result<ObjectHandle, TokenError> {
        let key = match seat.keys.get(name) {
            Some(key) => *key,
            None => self.private_key(seat, name)?.ok_or_else(|| self.lost(name))?,
        };
        seat.keys.insert(name.to_owned(), key);
        Ok(key)
    }

    pub fn lost(&self, name: &str) -> TokenError {
        TokenError::Lost {
            token: self.name(),
            name: name.to_owned(),
        }
    }

    fn private_key(&self, seat: &Seat, name: &str) -> Result<Option<ObjectHandle>, TokenError> {
        let found = self.objects(seat, &[Attribute::Class(ObjectClass::PRIVATE_KEY), label(name)])?;
        if found.len() > 1 {
            return Err(TokenError::Several {
                token: self.name(),
                name: name.to_owned(),
                count: found.len(),
            });
        }
        Ok(found.first().copied())
    }

    fn curve(&self, name: &str, known: &[Attribute]) -> Result<Curve, TokenError> {
        let named = known.iter().find_map(|known| match known {
            Attribute::EcParams(oid) => ObjectIdentifier::from_der(oid).ok(),
            _ => None,
        });
        [Curve::P256, Curve::P384]
            .into_iter()
            .find(|curve| named == Some(curve.oid()))
            .ok_or_else(|| self.kind(name))
    }

    /// The point of the public key that has the same label and CKA_ID.
    fn point(
        &self,
        seat: &Seat,
        name: &str,
        id: Option<Attribute>,
        curve: Curve,
    ) -> Result<Vec<u8>, TokenError> {
        let mut public = vec![Attribute::Class(ObjectClass::PUBLIC_KEY), label(name)];
        public.extend(id);
        let Some(public) = self.objects(seat, &public)?.first().copied() else {
            return Err(TokenError::HalfAPair {
                token: self.name(),
                name: name.to_owned(),
            });
        };
        let point = self.attributes(seat, public, &[AttributeType::EcPoint])?;
        let point = point.into_iter().find_map(|known| match known {
            Attribute::EcPoint(point) => uncompressed(&point, curve),
            _ => None,
        });
        point.ok_or_else(|| self.kind(name))
    }

    pub fn kind(&self, name: &str) -> TokenError {
        TokenError::Kind {
            token: self.name(),
            name: name.to_owned(),
        }
    }

    fn objects(&self, seat: &Seat, like: &[Attribute]) -> Result<Vec<ObjectHandle>, TokenError> {
        seat.session.find_objects(like).map_err(self.failed(LOOK))
    }

    fn attributes(
        &self,
        seat: &Seat,
        of: ObjectHandle,
        which: &[AttributeType],
    ) -> Result<Vec<Attribute>, TokenError> {
        let found = seat.session.get_attributes(of, which);
        found.map_err(self.failed("describe a key"))
    }
}

fn label(name: &str) -> Attribute {
    Attribute::Label(name.as_bytes().to_vec())
}

/// Ties the halves of a pair together. Two octets: some HSMs take no more.
fn id(name: &str) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, name.as_bytes());
    hash.as_ref().iter().take(2).copied().collect()
}

/// The standard wraps the point in an OCTET STRING; some modules do not.
fn uncompressed(point: &[u8], curve: Curve) -> Option<Vec<u8>> {
    let octets = 1 + 2 * curve.octets();
    let bare = if point.len() == octets {
        point
    } else {
        <&OctetStringRef>::from_der(point).ok()?.as_bytes()
    };
    (bare.len() == octets && bare.first() == Some(&4)).then(|| bare.to_vec())
}
