//! Policies, good and bad: one mistake a file, its diagnostic beside it; the JSON Schema against the types and the samples.
//!
//! `COUNTERFOIL_BLESS=1` rewrites the diagnostics and the schema; the difference is then read by a person.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use counterfoil::policy::{Policy, PolicyErrors, json_schema};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use serde_json::Value;

#[test]
fn each_bad_policy_gets_its_diagnostic() {
    let mut different = Vec::new();
    for path in policies("bad") {
        let errors = match Policy::parse(&name(&path), &fs::read_to_string(&path).unwrap()) {
            Ok(_) => panic!("{} is accepted", path.display()),
            Err(errors) => errors,
        };
        if !bless_or_equal(&path.with_extension("txt"), &render(&errors)) {
            different.push(path);
        }
    }
    assert!(different.is_empty(), "run with COUNTERFOIL_BLESS=1 and read the difference: {different:?}");
}

#[test]
fn a_bad_policy_has_one_mistake_but_for_the_one_that_has_several() {
    for path in policies("bad") {
        let Err(errors) = Policy::parse(&name(&path), &fs::read_to_string(&path).unwrap()) else { continue };
        let several = name(&path).starts_with("several-mistakes");
        assert_eq!(errors.errors().len() > 1, several, "{}", path.display());
    }
}

#[test]
fn each_good_policy_is_whole_and_prints_its_words() {
    for path in policies("good") {
        let policy = Policy::load(&path).unwrap_or_else(|errors| panic!("{}", render(&errors)));
        let mut words = String::new();
        for dataset in policy.datasets() {
            for rule in &dataset.columns {
                let domain = rule.domain_or_own(&dataset.name.value);
                words += &format!(
                    "{}.{}: {}, domain {domain}, misfits {}, small spaces {}\n",
                    dataset.name.value, rule.path.value, rule.transform.value, rule.on_misfit, rule.small_space
                );
            }
        }
        assert!(bless_or_equal(&path.with_extension("txt"), &words), "{}: {words}", path.display());
    }
}

#[test]
fn the_schema_is_the_one_of_the_types() {
    let path = root().join("schemas/policy.v1.schema.json");
    assert!(bless_or_equal(&path, &json_schema()), "run with COUNTERFOIL_BLESS=1 and read the difference");
}

#[test]
fn the_first_example_of_the_document_is_a_policy() {
    let document = fs::read_to_string(root().join("schemas/policy.v1.md")).unwrap();
    let example = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let policy = Policy::parse("policy.v1.md", example).unwrap_or_else(|errors| panic!("{}", render(&errors)));
    assert_eq!(policy.datasets().len(), 2);
}

#[test]
fn the_document_explains_every_key_and_word_of_the_schema() {
    let document = fs::read_to_string(root().join("schemas/policy.v1.md")).unwrap();
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    let mut words = Vec::new();
    collect_words(&schema, &mut words);
    words.retain(|word| !document.contains(&format!("`{word}`")));
    assert!(words.is_empty(), "not in schemas/policy.v1.md: {words:?}");
}

/// Every key and every word of a schema.
fn collect_words(schema: &Value, words: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        Value::Object(object) => {
            words.extend(schema["properties"].as_object().into_iter().flat_map(|keys| keys.keys().cloned()));
            let listed = schema["enum"].as_array().into_iter().flatten();
            words.extend(listed.chain(object.get("const")).filter_map(|word| Some(word.as_str()?.to_owned())));
            object.values().for_each(|inner| collect_words(inner, words));
        }
        _ => (),
    }
}

#[test]
fn the_schema_accepts_every_good_policy() {
    for path in policies("good") {
        let found = misfit(&document(&path).unwrap());
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn what_the_schema_refuses_is_refused() {
    let mut refused = 0;
    for path in policies("bad") {
        // A text that is not TOML has no document.
        let Some(document) = document(&path) else { continue };
        refused += usize::from(misfit(&document).is_some());
    }
    assert!(refused >= 20, "the schema sees only {refused} of the mistakes");
}

#[test]
fn a_file_that_gives_no_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    let code = |path: &Path| {
        let errors = Policy::load(path).unwrap_err();
        Diagnostic::code(&errors).unwrap().to_string()
    };
    assert_eq!(code(&path), "policy::not_found");
    assert_eq!(code(folder.path()), "policy::unreadable");
    fs::write(&path, "").unwrap();
    assert_eq!(code(&path), "policy::empty");
    fs::write(&path, "# nothing\n\n").unwrap();
    assert_eq!(code(&path), "policy::empty");
    fs::write(&path, "#".repeat((4 << 20) + 1)).unwrap();
    assert_eq!(code(&path), "policy::too_large");
    fs::write(&path, b"policy = \"a\"\nkeyset = \"\xff\"\n").unwrap();
    assert_eq!(code(&path), "policy::not_utf8");
    assert!(Policy::load(&path).unwrap_err().to_string().ends_with("line 2, byte 11 of the line"));
    fs::write(&path, b"\xff\xfep\0o\0").unwrap();
    assert_eq!(code(&path), "policy::not_utf8");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let text = fs::read_to_string(root().join("tests/policy/good/shop.toml")).unwrap();
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (plain, windows) = (Policy::parse("a", &text).unwrap(), Policy::parse("b", &windows).unwrap());
    assert_eq!(plain.datasets().len(), windows.datasets().len());
    let rule = &windows.datasets()[0].columns[0];
    let span = rule.path.span;
    assert_eq!(&windows.text()[span.offset()..span.offset() + span.len()], rule.path.value.to_string());
}

#[test]
fn a_diagnostic_never_shows_what_a_variable_holds() {
    // PATH is set wherever cargo runs.
    let text = fs::read_to_string(root().join("tests/policy/bad/unknown-format.toml")).unwrap();
    let text = text.replace("\"users.csv\"", "\"${PATH}/users.csv\"");
    let errors = Policy::parse("p.toml", &text).unwrap_err();
    let value = std::env::var("PATH").unwrap();
    assert!(!render(&errors).contains(&value) && !format!("{errors:?}").contains(&value));
}

#[test]
fn a_torn_policy_is_refused_at_a_place_that_exists() {
    for path in policies("good") {
        let text = fs::read_to_string(&path).unwrap();
        for (end, _) in text.char_indices().step_by(7) {
            // Cut off here, or one character replaced.
            let cut = text[..end].to_owned();
            let mut replaced = text.clone();
            replaced.replace_range(end..end + text[end..].chars().next().unwrap().len_utf8(), "{");
            for torn in [cut, replaced] {
                let Err(errors) = Policy::parse("p.toml", &torn) else { continue };
                let labels = errors.errors().iter().filter_map(Diagnostic::labels).flatten();
                assert!(labels.into_iter().all(|label| label.offset() + label.len() <= torn.len()), "{torn}");
                assert!(!render(&errors).is_empty());
            }
        }
    }
}

#[test]
fn every_code_stands_in_the_document_and_is_shown_by_a_bad_policy() {
    let rooms = ["error.rs", "errors.rs"].map(|file| fs::read_to_string(root().join("src/policy").join(file)).unwrap());
    let document = fs::read_to_string(root().join("schemas/policy.v1.md")).unwrap();
    let shown: String =
        policies("bad").iter().map(|path| fs::read_to_string(path.with_extension("txt")).unwrap()).collect();
    // These concern a file and not a text: `a_file_that_gives_no_text_is_refused`.
    let of_files = ["empty", "not_found", "not_utf8", "too_large", "unreadable"];
    for code in rooms.concat().split("policy::").skip(1) {
        let code: String =
            code.chars().take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_').collect();
        let code = code.as_str();
        if code.is_empty() {
            continue;
        }
        assert!(document.contains(&format!("`policy::{code}`")), "{code} is not in the document");
        assert!(of_files.contains(&code) || shown.contains(&format!("policy::{code}\n")), "{code} is never shown");
    }
}

/// Renders as the command line does, without colour and at a fixed width.
fn render(errors: &PolicyErrors) -> String {
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    handler.with_links(false).render_report(&mut text, errors).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_start_matches('\n').to_owned() + "\n"
}

fn bless_or_equal(path: &Path, found: &str) -> bool {
    if std::env::var_os("COUNTERFOIL_BLESS").is_some_and(|value| value == "1") {
        fs::write(path, found).unwrap();
        return true;
    }
    fs::read_to_string(path).is_ok_and(|expected| expected == found)
}

fn policies(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("tests/policy").join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn document(path: &Path) -> Option<Value> {
    let mut document = toml::from_str(&fs::read_to_string(path).unwrap()).ok()?;
    dates_to_texts(&mut document);
    Some(document)
}

/// JSON has no dates; an editor's TOML support shows them to the schema as texts.
fn dates_to_texts(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(dates_to_texts),
        Value::Object(object) => match object.remove("$__toml_private_datetime") {
            Some(text) => *value = text,
            None => object.values_mut().for_each(dates_to_texts),
        },
        _ => (),
    }
}

/// Where a document leaves the schema.
fn misfit(document: &Value) -> Option<String> {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    check(document, &schema, &schema, "$").err()
}

/// As much of JSON Schema 2020-12 as our schema uses; an unknown keyword fails the test.
fn check(value: &Value, schema: &Value, root: &Value, place: &str) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("{place}: {why}"));
    let Value::Object(keywords) = schema else {
        return if *schema == Value::Bool(false) { refuse("not allowed") } else { Ok(()) };
    };
    for (keyword, wanted) in keywords {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => (),
            "required" | "properties" | "additionalProperties" | "propertyNames" | "minProperties" => (),
            "patternProperties" => (),
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                check(value, root.pointer(pointer).unwrap(), root, place)?;
            }
            "const" if value != wanted => return refuse("not the constant"),
            "enum" if !wanted.as_array().unwrap().contains(value) => return refuse("not of the enumeration"),
            "type" if !has_type(value, wanted) => return refuse("wrong type"),
            "anyOf" | "oneOf" => {
                let branches = wanted.as_array().unwrap().iter();
                let fitting = branches.filter(|branch| check(value, branch, root, place).is_ok()).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    return refuse(&format!("{fitting} branches fit"));
                }
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(item, wanted, root, place)?;
                }
            }
            "minimum" if value.as_f64().is_some_and(|number| number < wanted.as_f64().unwrap()) => {
                return refuse("too small");
            }
            "maximum" if value.as_f64().is_some_and(|number| number > wanted.as_f64().unwrap()) => {
                return refuse("too great");
            }
            "minLength" | "minItems" if length(value).is_some_and(|length| length < wanted.as_u64().unwrap()) => {
                return refuse("too short");
            }
            "maxLength" | "maxItems" if length(value).is_some_and(|length| length > wanted.as_u64().unwrap()) => {
                return refuse("too long");
            }
            "const" | "enum" | "type" => (),
            "minimum" | "maximum" | "minLength" | "minItems" | "maxLength" | "maxItems" => (),
            // Patterns need an engine that the tests do not have; names have tests of their own.
            "pattern" => (),
            unknown => panic!("the schema uses `{unknown}`, which this check does not know"),
        }
    }
    check_object(value, schema, root, place)
}

fn check_object(value: &Value, schema: &Value, root: &Value, place: &str) -> Result<(), String> {
    let Value::Object(object) = value else { return Ok(()) };
    for key in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(key.as_str().unwrap()) {
            return Err(format!("{place}: {key} is missing"));
        }
    }
    if schema["minProperties"].as_u64().is_some_and(|least| (object.len() as u64) < least) {
        return Err(format!("{place}: too few"));
    }
    for (key, inner) in object {
        let place = format!("{place}.{key}");
        let named = &schema["properties"][key];
        let other = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
        match (named, other, &schema["additionalProperties"]) {
            (Value::Null, Some(pattern), _) => check(inner, pattern, root, &place)?,
            (Value::Null, None, Value::Null) => (),
            (Value::Null, None, additional) => check(inner, additional, root, &place)?,
            (named, ..) => check(inner, named, root, &place)?,
        }
    }
    Ok(())
}

fn has_type(value: &Value, wanted: &Value) -> bool {
    let is = |name: &str| match name {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        other => panic!("unknown type {other}"),
    };
    match wanted {
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        name => is(name.as_str().unwrap()),
    }
}

fn length(value: &Value) -> Option<u64> {
    match value {
        Value::Array(items) => Some(items.len() as u64),
        Value::String(text) => Some(text.chars().count() as u64),
        _ => None,
    }
}
