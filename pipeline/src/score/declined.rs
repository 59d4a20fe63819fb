//! Declining: an answer that says it has none.
//!
//! Enters: an answer without citation marks. Leaves: whether it declines. Does not: know the
//! question, or languages other than English.
//!
//! A few hand-written rules over normalized words, sentence by sentence. They prefer to miss an
//! unusual way of declining over taking an answer for one: "the coolant does not contain lead" and
//! "the charger is not provided" are answers, so "not" counts only beside the writer ("I", "we"),
//! beside what was given to read ("the passages", "the manual"), or as all that is said. What
//! stands in a clause that begins with "if", "when", "where" or "unless" is a condition.

use super::sentence::{Sentence, sentences};

/// Words with one space between them.
struct Words(&'static str);

/// What was given to read, and can hardly be what an answer is about.
const GIVEN: Words = Words(
    "passage passages context text texts document documents documentation excerpt excerpts \
     snippet snippets paragraph paragraphs information",
);
/// What may be given to read, or be what an answer is about.
const READING: Words = Words(
    "handbook manual guide policy article page section chapter report source sources material \
     materials corpus table",
);
/// May stand between what was given to read and its verb.
const BETWEEN: Words = Words(
    "provided given above i you was were have has supplied available here itself themselves \
     however also shared retrieved",
);
const SAY: Words = Words(
    "say says mention mentions specify specifies state states indicate indicates tell tells \
     answer answers address addresses describe describes disclose discloses list lists explain \
     explains discuss discusses clarify clarifies",
);
const HOLD: Words =
    Words("contain contains provide provides give gives include includes have has offer offers");
const SAID: Words = Words("mentioned specified stated described indicated disclosed discussed");
const HELD: Words = Words(
    "given provided found included available listed addressed covered explained contained \
     present answered determined",
);
const INFORMATION: Words =
    Words("information info answer details detail mention indication context");
const LEAD_INS: Words = Words("sorry answer so well but apologies");

impl Words {
    fn has(&self, word: &str) -> bool {
        self.0.split(' ').any(|one| one == word)
    }

    fn has_any(&self, words: &[&str], reach: usize) -> bool {
        words.iter().take(reach).any(|word| self.has(word))
    }
}

/// Whether the answer declines. An empty answer does not: it says nothing, which is wrong.
pub fn declines(answer: &str) -> bool {
    let sentences = sentences(answer);
    if let [only] = sentences.as_slice()
        && let [word] = phrase(&plain(only))
        && matches!(*word, "unknown" | "none" | "nothing" | "na")
    {
        return true;
    }
    sentences.iter().any(sentence_declines)
}

fn plain(sentence: &Sentence) -> Vec<&str> {
    sentence.words.iter().map(String::as_str).collect()
}

/// The words without what leads in ("Sorry, ...", "Answer: ...").
fn phrase<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    let lead_in = words.iter().take_while(|word| LEAD_INS.has(word)).count();
    &words[lead_in..]
}

fn sentence_declines(sentence: &Sentence) -> bool {
    let words = plain(sentence);
    let phrase = phrase(&words);
    let start = words.len() - phrase.len();
    is_declining_phrase(phrase)
        || (start..words.len()).any(|at| {
            let opens = at == start || sentence.opens_clause(at);
            // Cheap and false for nearly every word.
            let may_decline = matches!(
                words[at],
                "i" | "we"
                    | "do"
                    | "does"
                    | "did"
                    | "can"
                    | "not"
                    | "unable"
                    | "no"
                    | "none"
                    | "nothing"
                    | "enough"
                    | "sufficient"
                    | "insufficient"
                    | "there"
            ) || SAY.has(words[at])
                || HOLD.has(words[at])
                || matches!(words[at], "make" | "makes");
            may_decline
                && !sentence.is_condition(at)
                && (writer_declines(&words[at..])
                    || (opens && opening_declines(&words[at..]))
                    || information_is_missing(&words, at)
                    || reading_declines(&words, at)
                    || is_not_said(&words, at))
        })
}

/// A whole sentence that declines.
fn is_declining_phrase(phrase: &[&str]) -> bool {
    match phrase {
        ["no", "answer" | "idea" | "information" | "info" | "mention"] => true,
        ["no", "answer" | "information", "available" | "found" | "given" | "provided"] => true,
        ["not", "sure" | "certain" | "known" | "applicable"] => true,
        ["not", participle] => SAID.has(participle) || HELD.has(participle),
        // The lead-in "(the) answer" is gone.
        ["is" | "remains", "unknown" | "unanswerable"] => true,
        ["it" | "this" | "that", "is" | "remains", "unknown"] => true,
        ["unanswerable"] | ["it" | "this", "is", "unanswerable"] => true,
        [.., "question", "is", "unanswerable"] => true,
        _ => false,
    }
}

/// "I do not know", "we cannot determine", "I am not sure", ...: what a company's text would say of
/// itself ("we cannot provide refunds") only with "I".
fn writer_declines(words: &[&str]) -> bool {
    let ["i" | "we", rest @ ..] = words else { return false };
    let is_i = words[0] == "i";
    match rest {
        ["do" | "did", "not", "know", ..] => true,
        ["do" | "did", "not", "have", rest @ ..] | ["have", "no", rest @ ..] => {
            INFORMATION.has_any(rest, 4)
                || (is_i && matches!(rest, ["idea" | "access" | "knowledge", ..]))
        }
        ["can" | "could", "not", verb, ..]
        | ["am" | "are" | "was" | "were", "unable", "to", verb, ..]
        | ["am" | "are" | "was" | "were", "not", "able", "to", verb, ..] => {
            let asks_writer = "tell say find provide confirm give locate help assist";
            matches!(*verb, "answer" | "determine") || (is_i && Words(asks_writer).has(verb))
        }
        ["am", "not", "sure" | "certain" | "aware", ..] => true,
        _ => false,
    }
}

/// "Do not know", "cannot answer", "no information about it is available", "none of the passages
/// mention it" as the first words of a clause.
fn opening_declines(words: &[&str]) -> bool {
    match words {
        ["do", "not", "know"] | ["do", "not", "know", "answer" | "that" | "this", ..] => true,
        ["can", "not", "answer" | "determine" | "answered" | "determined"] => true,
        ["can", "not", "answer", "this" | "that" | "question" | "from" | "based", ..] => true,
        ["unable", "to", "answer" | "determine", ..] => true,
        ["no", "information" | "info" | "mention", rest @ ..] => {
            GIVEN.has_any(rest, rest.len())
                || Words("available found provided").has_any(rest, rest.len())
                || (matches!(rest, ["about" | "on" | "regarding", ..]) && rest.len() <= 4)
        }
        ["none" | "nothing" | "no", rest @ ..] => {
            let verb = rest.iter().take(7).position(|word| SAY.has(word) || HOLD.has(word));
            verb.is_some_and(|verb| GIVEN.has_any(rest, verb))
        }
        _ => false,
    }
}

/// "Not enough information", "insufficient information", "there is no information", "make no
/// mention of".
fn information_is_missing(words: &[&str], at: usize) -> bool {
    match &words[at..] {
        ["enough" | "sufficient", thing, ..] if INFORMATION.has(thing) => {
            let from = at.saturating_sub(3);
            Words("not no without lack lacks").has_any(&words[from..at], 3)
        }
        ["insufficient", thing, ..] => INFORMATION.has(thing),
        ["make" | "makes", "no", "mention", ..] => true,
        ["there", "is" | "was" | "are", "no", "mention" | "information" | "info", ..] => true,
        ["there", "is" | "was", "no", "answer"] => true,
        ["there", "is", "no", "answer", "to" | "in" | "given" | "provided" | "available", ..] => {
            true
        }
        ["not", "possible", "to", "answer" | "determine" | "say" | "tell", rest @ ..] => {
            rest.is_empty() || GIVEN.has_any(words, words.len())
        }
        _ => false,
    }
}

/// "The passages do not mention", "the manual does not contain information", "the text gives no
/// answer", "it does not say". The reading has to stand right before its verb: in "the passage
/// explains that the pump does not contain lead" it does not.
fn reading_declines(words: &[&str], at: usize) -> bool {
    let before = &words[..at];
    let (verb, negated, after) = match &words[at..] {
        ["do" | "does" | "did", "not", "seem" | "appear", "to", verb, after @ ..]
        | ["do" | "does" | "did", "not", verb, after @ ..] => (*verb, true, after),
        [verb, "no", after @ ..] => (*verb, false, after),
        _ => return false,
    };
    let (says, holds) = (SAY.has(verb), HOLD.has(verb));
    if !says && !holds {
        return false;
    }
    let about_information = INFORMATION.has_any(after, if negated { 5 } else { 1 });
    match before.iter().rev().find(|word| !BETWEEN.has(word)) {
        Some(&("it" | "they" | "this")) if matches!(before, [.., "it" | "they" | "this"]) => {
            negated && matches!(verb, "say" | "mention" | "specify" | "state")
        }
        Some(subject) if GIVEN.has(subject) => {
            about_information || (negated && !matches!(verb, "have"))
        }
        Some(subject) if READING.has(subject) => about_information || (negated && says),
        _ => false,
    }
}

/// "Is not mentioned in the passages", "cannot be determined from the text", "is not specified" at
/// the end, "it is not known when", "is not in the passages".
fn is_not_said(words: &[&str], at: usize) -> bool {
    let before = &words[..at];
    let (participle, tail) = match &words[at..] {
        ["not", "in" | "within" | "part", rest @ ..] => return GIVEN.has_any(rest, 3),
        ["not", participle, tail @ ..] => (*participle, tail),
        _ => return false,
    };
    let is_said = SAID.has(participle);
    if participle == "known" {
        let asks = Words("when who how where why what which whether if");
        return match tail {
            [] => matches!(before, [.., "is" | "was" | "are" | "were"]),
            [next, ..] => before == ["it", "is"] && asks.has(next),
        };
    }
    if !is_said && !HELD.has(participle) {
        return false;
    }
    let is_impossible = matches!(before, [.., "can" | "could"]);
    match tail {
        [] => is_said || (is_impossible && matches!(participle, "answered" | "determined")),
        ["anywhere", ..] => is_said,
        ["in" | "by" | "within" | "from" | "with" | "based" | "using", rest @ ..] => {
            GIVEN.has_any(rest, 5) || (is_said && READING.has_any(rest, 3))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::declines;

    #[test]
    fn these_decline() {
        for answer in [
            "I don't know.",
            "I don\u{2019}t know",
            "I do not know the answer.",
            "i dont know",
            "Sorry, I really don't know that.",
            "I don't know, maybe 48 hours",
            "We don't know.",
            "Don't know.",
            "Not known.",
            "It is not known when the plant was built.",
            "Cannot answer.",
            "I can't answer this question from the passages.",
            "I cannot determine the torque from the given text.",
            "I'm not sure.",
            "I am not sure, but it could be 26 Nm.",
            "I'm unable to answer that.",
            "I do not have enough information to answer.",
            "I have no information about this.",
            "No answer",
            "There is no answer in the passages.",
            "Not enough information.",
            "There isn't enough information to say.",
            "Insufficient information",
            "The context does not provide sufficient information.",
            "There is no information about warranty in the document.",
            "No information.",
            "No information about the warranty is available.",
            "The passages do not mention the torque.",
            "The passage does not say.",
            "The text doesn't specify who signed.",
            "The handbook does not specify a torque.",
            "The manual does not contain any information on this.",
            "The provided documents do not contain the answer.",
            "The passages I was given do not state it.",
            "The context provides no information about it.",
            "The document does not explicitly mention a limit.",
            "The passage does not seem to answer this.",
            "It does not say.",
            "Unfortunately, the passages make no mention of it.",
            "None of the passages mention the torque.",
            "Nothing in the text says so.",
            "The torque is not specified.",
            "The torque is not mentioned in the passages.",
            "This is not stated anywhere in the handbook.",
            "That cannot be determined from the text.",
            "The answer is not provided in the context.",
            "Not given in the document.",
            "The torque is not in the passages.",
            "Not provided.",
            "Unknown",
            "Unknown.",
            "Answer: unknown",
            "The answer is unknown.",
            "Unanswerable",
            "The question is unanswerable.",
            "It is not possible to determine the torque from the passages.",
            "I couldn't find any relevant information.",
            "No relevant information found.",
            "I'm sorry, but I can't help with that.",
            "The provided context does not include specific details on the torque.",
            "The question cannot be answered with the information given.",
            "It does not say, however it could be 26 Nm.",
            "N/A",
            "n/a.",
            "None.",
            "The pump has two valves. The passages do not mention a third.",
        ] {
            assert!(declines(answer), "{answer}");
        }
    }

    #[test]
    fn these_answer() {
        for answer in [
            "",
            "  \n ",
            "...",
            "48 hours",
            "No",
            "No.",
            "No, it is not.",
            "Nobody knows",
            "Nobody",
            "None of the valves may be opened.",
            "Nothing is left in the tank.",
            "The coolant does not contain lead.",
            "According to the passage, the coolant does not contain water.",
            "The passage explains that the pump does not contain lead.",
            "The display does not state the time.",
            "The charger is not provided.",
            "The charger is not included in the box.",
            "Water damage is not covered by the policy.",
            "The guide does not contain asbestos.",
            "He is not known for speed.",
            "Drummond was not known to the police.",
            "Write to the unknown soldier.",
            "The passage calls the cause of the fire unknown at the time, later a faulty relay.",
            "The author of the first edition is unknown to the public but the second is by Weber.",
            "If the torque is not specified, use 25 Nm.",
            "Where the torque is not specified in the manual, use 25 Nm.",
            "If there is no answer, call the supervisor.",
            "There was no answer at the door.",
            "People who do not know the code must call 112.",
            "People who don't know the code must call 112.",
            "The operator cannot answer calls during a test.",
            "We cannot provide refunds after 30 days.",
            "Send no information by email.",
            "No information may leave the building.",
            "The information desk on the ground floor",
            "Staff get enough information in the first week.",
            "It does not contain lead.",
            "It is not sure to hold.",
            "Do not open the valve.",
            "You do not have to state a reason.",
            "The unit is not available in blue.",
            "The machine is not to be used in the rain.",
            "The handbook states 48 hours.",
            "The document does not have to be signed.",
            "Not before 8 o'clock.",
            "Not in the winter.",
            "The manual lists no faults above E12.",
            "I know it: 26 Nm.",
            "Nana",
            "That is known.",
            "It is not possible to tell the parts apart by eye.",
            "The position cannot be determined by eye.",
            "Unknown devices are refused.",
            "There is no answering machine.",
            "It does not indicate a fault.",
            "The context of the rule is fire safety.",
        ] {
            assert!(!declines(answer), "{answer}");
        }
    }
}
