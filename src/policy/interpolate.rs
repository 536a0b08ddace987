//! `${NAME}` in a location, replaced by what the environment says.
//!
//! # Promises
//!
//! - A missing variable is named in the refusal; no value of any variable ever is.
//! - `$${` stands for a literal `${`. Nothing else is special, and a value is not interpolated again.
//!
//! # What this module does not know
//!
//! What a location leads to.

/// Why a text cannot be interpolated.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Refused {
    /// Braces without a variable's name, or without an end.
    Malformed,
    /// A variable that is not set.
    Missing(String),
}

/// Where the values come from.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Replaces each `${NAME}`.
pub(super) fn interpolate(text: &str, environment: Environment<'_>) -> Result<String, Refused> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(literal) = before.strip_suffix('$') {
            result.push_str(literal);
            result.push_str("${");
            rest = after;
            continue;
        }
        let (name, following) = after.split_once('}').ok_or(Refused::Malformed)?;
        if !is_variable(name) {
            return Err(Refused::Malformed);
        }
        result.push_str(before);
        result.push_str(&environment(name).ok_or_else(|| Refused::Missing(name.to_owned()))?);
        rest = following;
    }
    result.push_str(rest);
    Ok(result)
}

fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        (name == "DIR").then(|| "/data/${DIR}".to_owned())
    }

    #[test]
    fn a_value_is_put_in_place_once() {
        assert_eq!(interpolate("${DIR}/a-${DIR}.csv", &environment).unwrap(), "/data/${DIR}/a-/data/${DIR}.csv");
        assert_eq!(interpolate("a$b{c}$", &environment).unwrap(), "a$b{c}$");
        assert_eq!(interpolate("$${DIR}/x", &environment).unwrap(), "${DIR}/x");
    }

    #[test]
    fn a_hole_is_refused() {
        assert_eq!(interpolate("${NO}", &environment), Err(Refused::Missing("NO".to_owned())));
        for text in ["${", "${DIR", "${}", "${A B}", "${1}"] {
            assert_eq!(interpolate(text, &environment), Err(Refused::Malformed), "{text}");
        }
    }
}
