//! Whether a text is well-formed XML, as far as figures need it: every tag closed in its turn,
//! attributes quoted, entities known, nothing outside of the root element.

/// The texts between the tags, unescaped, or what is wrong first.
pub fn texts(xml: &str) -> Result<Vec<String>, String> {
    let mut rest = xml.trim_start();
    if let Some(after) = rest.strip_prefix("<?xml") {
        rest = after.split_once("?>").ok_or("the declaration does not end")?.1;
    }
    let mut open: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    let mut roots = 0;
    while let Some(at) = rest.find('<') {
        push(&mut texts, &rest[..at], open.is_empty())?;
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").ok_or("a comment does not end")?.1;
            continue;
        }
        let end = end_of_tag(rest)?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name.trim_end() => {}
                other => return Err(format!("</{name}> closes {other:?}")),
            }
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        if !is_name(name) {
            return Err(format!("`{name}` is no element's name"));
        }
        check_attributes(attributes)?;
        roots += usize::from(open.is_empty());
        if !empty {
            open.push(name.to_owned());
        }
    }
    push(&mut texts, rest, true)?;
    match (open.pop(), roots) {
        (None, 1) => Ok(texts),
        (None, roots) => Err(format!("{roots} root elements")),
        (Some(name), _) => Err(format!("<{name}> is not closed")),
    }
}

fn push(texts: &mut Vec<String>, text: &str, outside: bool) -> Result<(), String> {
    let text = unescaped(text)?;
    if text.trim().is_empty() {
        return Ok(());
    }
    if outside {
        return Err(format!("{text:?} outside of the root element"));
    }
    texts.push(text.trim().to_owned());
    Ok(())
}

/// The place of the `>` that ends the tag at the start of `rest`.
fn end_of_tag(rest: &str) -> Result<usize, String> {
    let mut quote = None;
    for (at, letter) in rest.char_indices().skip(1) {
        match (quote, letter) {
            (None, '>') => return Ok(at),
            (None, '<') => return Err("a tag within a tag".into()),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    Err("a tag does not end".into())
}

fn check_attributes(text: &str) -> Result<(), String> {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) =
            rest.split_once('=').ok_or(format!("attribute without value: {rest}"))?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let quote = quote.ok_or(format!("attribute `{name}` is not quoted"))?;
        let (value, after) =
            after[1..].split_once(quote).ok_or(format!("attribute `{name}` does not end"))?;
        if !is_name(name.trim()) || value.contains('<') {
            return Err(format!("attribute `{name}` = {value:?}"));
        }
        unescaped(value)?;
        rest = after.trim_start();
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_:.".contains(letter))
}

fn unescaped(text: &str) -> Result<String, String> {
    let control = text.chars().find(|letter| letter.is_control() && !"\t\r\n".contains(*letter));
    if let Some(letter) = control {
        return Err(format!("the control character {letter:?}"));
    }
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (entity, after) = after.split_once(';').ok_or("an entity does not end")?;
        let number = entity.strip_prefix("#x").map(|digits| u32::from_str_radix(digits, 16));
        let number = number.or_else(|| entity.strip_prefix('#').map(str::parse));
        plain.push(match (entity, number) {
            (_, Some(Ok(code))) => char::from_u32(code).ok_or(format!("&{entity};"))?,
            ("amp", _) => '&',
            ("lt", _) => '<',
            ("gt", _) => '>',
            ("quot", _) => '"',
            ("apos", _) => '\'',
            _ => return Err(format!("&{entity};")),
        });
        rest = after;
    }
    plain.push_str(rest);
    Ok(plain)
}

#[test]
fn what_is_not_well_formed_is_refused() {
    assert_eq!(texts("<a b='1'><c/>x &lt; y</a>").unwrap(), ["x < y"]);
    for bad in [
        "<a>",
        "<a></b>",
        "<a b=1/>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "x<a/>",
        "<a b=\"",
        "<a \u{1b}/>",
    ] {
        assert!(texts(bad).is_err(), "{bad}");
    }
}
