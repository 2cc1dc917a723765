//! JSON, read: the browser parses it, and serde's derived code takes the values out of what came. Two things keep
//! small what that becomes for each type: a struct's fields are asked for by their names in their order, and an
//! error has no words. Fields that nobody asks for are passed over; one that is missing, because an older version
//! wrote it, is nothing, false, or an empty list, and anything else must not be.
//! There is only what answers are made of: a type with `#[serde(flatten)]`, a map or a fraction is not read.

mod value;

use std::fmt::{self, Display, Formatter};
use std::slice;
use std::vec;

use serde::Deserializer;
use serde::de::value::U32Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use value::Value;

/// `None` where the text is not the JSON of a `T`.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Value::parse(text)?).ok()
}

/// The value is not what was asked for.
#[derive(Debug)]
pub struct Unfit;

impl Display for Unfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("not the value that was asked for")
    }
}

impl std::error::Error for Unfit {}

impl Error for Unfit {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

fn whole_number(value: &Value) -> Result<u64, Unfit> {
    /// Above it a number of JavaScript's is not exact.
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    match value.number() {
        Some(number) if number.fract() == 0.0 && (0.0..=LARGEST).contains(&number) =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, and neither negative nor too large"
            )]
            Ok(number as u64)
        }
        _ => Err(Unfit),
    }
}

/// The place of a word among those of an enum.
fn place(word: &Value, words: &[&str]) -> Option<u32> {
    let word = word.text()?;
    let place = words.iter().position(|known| *known == word)?;
    u32::try_from(place).ok()
}

macro_rules! whole_numbers {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            visitor.visit_u64(whole_number(&self)?)
        }
    )*};
}

macro_rules! texts {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
            visitor.visit_string(self.text().ok_or(Unfit)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Value {
    type Error = Unfit;

    whole_numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }
    texts! { deserialize_str deserialize_string }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.is_missing() {
            visitor.visit_bool(false)
        } else {
            visitor.visit_bool(self.truth().ok_or(Unfit)?)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.is_missing() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.is_missing() {
            visitor.visit_unit()
        } else {
            Err(Unfit)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let items = if self.is_missing() {
            Vec::new()
        } else {
            self.items().ok_or(Unfit)?
        };
        visitor.visit_seq(Items(items.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if !self.is_object() {
            return Err(Unfit);
        }
        let names = names.iter();
        visitor.visit_seq(Fields { object: self, names })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let place: U32Deserializer<Unfit> = place(&self, words).ok_or(Unfit)?.into_deserializer();
        visitor.visit_enum(place)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 f64 char bytes byte_buf unit_struct newtype_struct tuple tuple_struct map
        identifier
    }
}

struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        self.0.next().map(|value| seed.deserialize(value)).transpose()
    }
}

/// A struct's values, in the order of its fields.
struct Fields {
    object: Value,
    names: slice::Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        self.names
            .next()
            .map(|name| seed.deserialize(self.object.field(name)))
            .transpose()
    }
}

#[cfg(test)]
mod tests;
